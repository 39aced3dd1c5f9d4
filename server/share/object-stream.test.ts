import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { objectStream } from './object-stream.ts';

describe('the body of an object', () => {
  it('is all of its pieces', async () => {
    const text = await new Response(objectStream(Readable.from([Buffer.from('ab'), Buffer.from('c')]))).text();
    expect(text).toBe('abc');
  });

  it('closes its file when nobody reads a byte of it', async () => {
    const file = Readable.from([Buffer.from('ab'), Buffer.from('c')]);
    const closed = finished(file).catch(() => {});
    await objectStream(file).cancel();
    await closed;
    expect(file.destroyed).toBe(true);
  });

  it('fails when its file fails', async () => {
    const file = new Readable({ read: () => file.destroy(new Error('gone')) });
    await expect(new Response(objectStream(file)).text()).rejects.toThrow();
  });
});
