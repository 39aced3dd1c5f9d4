import type { GuardedAnswer, GuardedFailure, JobFacts } from '@stageflow/engine/sdk';
import { expect, it } from 'vitest';
import { whyLeft } from '../collect.ts';

const LED = 'https://www.example.org/new';
const job = (source: JobFacts['source']): JobFacts => ({
  source,
  origin: 'http://site.test',
  productionOrigin: null,
  device: 'desktop',
});
const ask = (answer: Partial<GuardedAnswer | GuardedFailure>) => (): Promise<GuardedAnswer | GuardedFailure> =>
  Promise.resolve({ url: LED, ...answer } as GuardedAnswer | GuardedFailure);
const denied = ask({ failure: 'denied', reason: '10.0.0.1 is in a private network' });

it('a page of a build that leads to another site has nothing to be measured, whatever was seen there', async () => {
  for (const measured of [false, true])
    expect(await whyLeft(LED, measured, { job: job('zip'), fetch: denied })).toBe(
      'the page leads on to another site, www.example.org',
    );
});

it('a page on the web that leads to where the guard lets nobody bears the guard’s reason', async () => {
  expect(await whyLeft(LED, false, { job: job('urls'), fetch: denied })).toBe(
    'the page leads to www.example.org, which Stageflow does not look at: 10.0.0.1 is in a private network',
  );
});

it('a page on the web that leads to an open site is measured there, and fails for Lighthouse’s own reason', async () => {
  const open = { job: job('urls'), fetch: ask({ status: 200 }) };
  expect(await whyLeft(LED, true, open)).toBeNull();
  expect(await whyLeft(LED, false, open)).toBeNull();
  expect(await whyLeft(LED, false, { ...open, fetch: ask({ failure: 'timeout', reason: 'late' }) })).toBeNull();
});
