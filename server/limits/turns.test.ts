import { describe, expect, it } from 'vitest';
import { createTurns } from './turns.ts';

/** Works that end when they are told to; `begun` says in which order they began. */
function bench(most = 8) {
  const turns = createTurns(most);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const take = (who: string, name: string) =>
    turns.take(who, async () => {
      begun.push(name);
      await new Promise<void>((end) => ends.push(end));
      return name;
    });
  return { begun, take, endOne: () => ends.shift()?.() };
}

describe('turns', () => {
  it('are given one at a time, round robin between those who wait', async () => {
    const { begun, take, endOne } = bench();
    const all = [take('a', 'a1'), take('a', 'a2'), take('a', 'a3'), take('b', 'b1'), take('b', 'b2')];
    for (const [index, name] of ['a1', 'a2', 'b1', 'a3', 'b2'].entries()) {
      await expect.poll(() => begun.length).toBe(index + 1);
      expect(begun.at(-1)).toBe(name);
      endOne();
    }
    expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
  });

  it('are refused to whoever has too much waiting, and to nobody else', async () => {
    const { take, endOne } = bench(1);
    const first = take('a', 'a1');
    const second = take('a', 'a2');
    await expect(take('a', 'a3')).rejects.toMatchObject({ code: 'rate_limited' });
    const other = take('b', 'b1');
    for (const one of [first, second, other]) {
      endOne();
      await one;
    }
  });

  it('go on after a work that failed', async () => {
    const turns = createTurns(8);
    const broken = turns.take('a', async () => Promise.reject(new Error('broken')));
    const after = turns.take('b', async () => 'done');
    await expect(broken).rejects.toThrow('broken');
    expect(await after).toBe('done');
  });
});
