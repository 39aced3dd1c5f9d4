import { expect, it } from 'vitest';
import type { CappedFetch } from '../guarded-fetch.ts';
import { readOrigins } from '../origin.ts';

it('tells of every origin of a long list, however many do not answer, and asks no more than 32 at a time', async () => {
  const origins = Array.from({ length: 1_000 }, (_, n) => `https://site-${n}.example`);
  let now = 0;
  let most = 0;
  const fetch: CappedFetch = async (url) => {
    now += 1;
    most = Math.max(most, now);
    await Promise.resolve();
    now -= 1;
    return /site-\d*7\./.test(url)
      ? { url, failure: 'connect', reason: 'nobody is there' }
      : { url, status: 404, headers: [], body: new Uint8Array(), cut: false };
  };
  const told: { origin: string; robots: number | null }[] = [];
  await readOrigins(
    origins,
    fetch,
    async ({ origin, robots }) => void told.push({ origin, robots: robots?.status ?? null }),
  );
  expect(told.map(({ origin }) => origin).toSorted()).toEqual(origins.toSorted());
  expect(told.filter(({ robots }) => robots === null)).toHaveLength(100);
  expect(most).toBe(32);
});
