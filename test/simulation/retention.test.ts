import { expect, it } from 'vitest';
import { nextState } from '../../engine/fsm/index.ts';
import { silentLog } from '../../engine/kernel/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';
import { sweepStaging } from '../../engine/run/retention.ts';
import { specOf } from '../conformance/events.ts';
import { createMemoryStore } from './memory-store.ts';
import { createVirtualClock } from './virtual-clock.ts';

const DAY = 86_400_000;
const ID = {
  running: '01sjm000000000000000000001',
  ended: '01sjm000000000000000000002',
  never: '01sjm000000000000000000003',
};

it('keeps the archive of a job that runs or ended this week, and removes one of a job that ended before or, after a day, never began', async () => {
  const clock = createVirtualClock();
  const ledger = openLedger({ path: ':memory:', clock, nextState });
  const store = createMemoryStore(() => false);
  for (const id of Object.values(ID)) await store.put('scanner-staging', `staging/${id}/dist.zip`, Buffer.from('zip'));
  for (const id of [ID.running, ID.ended]) ledger.createJob({ id, spec: specOf('zip'), parent: null });
  const failure = { code: 'cancelled', sentence: 'The scan was cancelled.', about: null };
  ledger.append(ID.ended, 1, [{ type: 'jobs.events.failed', key: '', cause: null, data: { failure, report: null } }]);
  const kept = async () => {
    await sweepStaging({ ledger, store, clock, log: silentLog });
    return [...store.objects.keys()].map((key) => key.split('/')[2]);
  };

  expect(await kept()).toEqual([ID.running, ID.ended, ID.never]);
  clock.after(DAY, () => {});
  await clock.runUntil(() => false, DAY);
  expect(await kept()).toEqual([ID.running, ID.ended]);
  clock.after(8 * DAY, () => {});
  await clock.runUntil(() => false, 9 * DAY);
  expect(await kept()).toEqual([ID.running]);
});

it('removes what a killed process asked the store, and leaves an upload that still has a day and a question of this moment', async () => {
  const clock = createVirtualClock();
  const ledger = openLedger({ path: ':memory:', clock, nextState });
  const store = createMemoryStore(() => false);
  for (const key of [`${ID.never}/dist.zip`, 'canary/old', 'canary/new'])
    await store.put('scanner-staging', `staging/${key}`, Buffer.from('x'));
  const dated: typeof store = {
    ...store,
    list: async function* (bucket, prefix) {
      for await (const object of store.list(bucket, prefix))
        yield { ...object, modified: object.key.endsWith('old') ? clock.now() - 120_000 : clock.now() };
    },
  };
  await sweepStaging({ ledger, store: dated, clock, log: silentLog }, 7);
  const left = [...store.objects.keys()].map((key) => key.slice('scanner-staging/staging/'.length));
  expect(left.toSorted()).toEqual([`${ID.never}/dist.zip`, 'canary/new']);
});
