import { describe, expect, it } from 'vitest';
import { assertAuthenticated, assertSafeUrl, isReduced } from '../server-rules.ts';

describe('rules for the queue server', () => {
  it.each([
    'nats://10.0.0.5:4222',
    'nats://queue.example:4222',
    'nats://0.0.0.0:4222',
    'ws://203.0.113.9',
    'not a url',
  ])('N15 refuses %s, which others could read along', (url) => {
    expect(() => assertSafeUrl(url)).toThrow(expect.objectContaining({ code: 'nats_unsafe' }));
  });

  it('N15 never repeats a token that stands in the address', () => {
    expect(() => assertSafeUrl('nats://s3cret@10.0.0.5:4222')).toThrow(/^(?!.*s3cret)/);
  });

  it.each(['nats://127.0.0.1:4222', 'nats://localhost:4222', 'nats://[::1]:4222', 'tls://queue.example:4222'])(
    'takes %s',
    (url) => {
      expect(() => assertSafeUrl(url)).not.toThrow();
    },
  );

  it('N15 refuses a server that asks for no token, or has no JetStream', () => {
    const unsafe = expect.objectContaining({ code: 'nats_unsafe' });
    expect(() => assertAuthenticated('u', { auth_required: false, jetstream: true })).toThrow(unsafe);
    expect(() => assertAuthenticated('u', undefined)).toThrow(unsafe);
    expect(() => assertAuthenticated('u', { auth_required: true })).toThrow(unsafe);
    expect(() => assertAuthenticated('u', { auth_required: true, jetstream: true })).not.toThrow();
  });

  it('calls durability reduced before 2.10 only', () => {
    expect(['2.9.10', '1.4.0', '2.10.0', '2.14.5', '3.0.0'].map(isReduced)).toEqual([true, true, false, false, false]);
  });
});
