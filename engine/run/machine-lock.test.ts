import { afterEach, describe, expect, it } from 'vitest';
import { createMachineLock } from './machine-lock.ts';

const NAME = `\0stageflow-machine-lane-test-${process.pid}`;
const one = createMachineLock(NAME);
const other = createMachineLock(NAME);

afterEach(() => {
  for (const lock of [one, other]) for (const job of ['a', 'b']) lock.release(job);
});

describe('the one measurement lane of a host', () => {
  it('is given to one job of an engine at a time', async () => {
    expect(await one.tryAcquire('a')).toBe(true);
    expect(await one.tryAcquire('a')).toBe(true);
    expect(await one.tryAcquire('b')).toBe(false);
    one.release('b');
    expect(await one.tryAcquire('b')).toBe(false);
    one.release('a');
    expect(await one.tryAcquire('b')).toBe(true);
  });

  it.runIf(process.platform === 'linux')('is given to one engine of a host at a time (Linux only)', async () => {
    expect(await one.tryAcquire('a')).toBe(true);
    expect(await other.tryAcquire('b')).toBe(false);
    one.release('a');
    expect(await other.tryAcquire('b')).toBe(true);
  });
});
