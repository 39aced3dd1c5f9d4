import { describe, expect, it } from 'vitest';
import { systemClock } from '../kernel/index.ts';
import { createResolver } from './resolver.ts';

function resolverOf(answer: (host: string) => Promise<readonly string[]>, now: () => number = () => 0) {
  const asked: string[] = [];
  const clock = { ...systemClock, now };
  const resolve = (host: string) => {
    asked.push(host);
    return answer(host);
  };
  return { asked, resolver: createResolver({ resolve, clock }, { dnsMs: 5_000, names: 100, nameMs: 30_000 }) };
}

describe('the resolver of a job', () => {
  it('asks once for many dials at the same time, and again when the answer is old', async () => {
    let now = 0;
    const { asked, resolver } = resolverOf(
      async () => ['1.1.1.1'],
      () => now,
    );
    await Promise.all(Array.from({ length: 50 }, () => resolver.resolve('a.example')));
    expect(asked).toHaveLength(1);
    now = 30_000;
    await resolver.resolve('a.example');
    expect(asked).toHaveLength(2);
  });

  it('remembers a failure for three seconds, no longer', async () => {
    let now = 0;
    const { asked, resolver } = resolverOf(
      () => Promise.reject(new Error('SERVFAIL')),
      () => now,
    );
    for (now of [0, 1_000, 2_999, 3_000]) await expect(resolver.resolve('a.example')).rejects.toThrow('SERVFAIL');
    expect(asked).toHaveLength(2);
  });

  it('E15 keeps no more names than it may, the youngest', async () => {
    const { asked, resolver } = resolverOf(async () => ['1.1.1.1']);
    for (let i = 0; i < 100_000; i++) await resolver.resolve(`h${i}.example`);
    expect(resolver.size()).toBe(100);
    await resolver.resolve('h99999.example');
    expect(asked).toHaveLength(100_000);
    await resolver.resolve('h0.example');
    expect(asked).toHaveLength(100_001);
  });

  it('refuses a name with more addresses than anyone needs', async () => {
    const { resolver } = resolverOf(async () => Array.from({ length: 65 }, (_, i) => `1.1.1.${i}`));
    await expect(resolver.resolve('a.example')).rejects.toThrow(/too many/);
  });
});
