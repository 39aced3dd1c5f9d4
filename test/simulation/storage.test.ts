import { expect, it } from 'vitest';
import type { ArtifactStore } from '../../engine/artifact/index.ts';
import { specOf } from '../conformance/events.ts';
import { JOB, startLife } from './one-life.ts';

const HOUR = 3_600_000;
const SPEC = specOf('urls');

/** Runs one job until it has ended; tells its state, its code and for how long it was COMPLETING. */
async function ending(
  options: Parameters<typeof startLife>[0],
  before?: (life: Awaited<ReturnType<typeof startLife>>) => void,
) {
  const life = await startLife(options);
  const { clock, ledger, engine } = life;
  let since = 0;
  ledger.onCommit((events) => {
    if (!events.some((event) => event.type === 'scan.events.completed')) return;
    since = clock.now();
    before?.(life);
  });
  engine.submit({ id: JOB, spec: life.spec('urls') });
  expect(await clock.runUntil(() => ledger.ended(JOB), HOUR)).toBe(true);
  const waited = clock.now() - since;
  const job = ledger.job(JOB);
  await engine.stop();
  return { state: job?.state, code: job?.failureCode, waited, events: ledger.events(JOB) };
}

it('L9 a store that goes down for good while the report is written keeps the job COMPLETING for as long as it may take, then it is FAILED(storage)', async () => {
  let down = false;
  const { state, code, waited } = await ending({ broken: () => down }, () => {
    down = true;
  });
  expect([state, code]).toEqual(['FAILED', 'storage']);
  expect(waited).toBeGreaterThan(60_000);
});

it('L9 a store that comes back within a minute costs nothing', async () => {
  let down = false;
  const { state } = await ending({ broken: () => down }, ({ clock }) => {
    down = true;
    clock.after(30_000, () => {
      down = false;
    });
  });
  expect(state).toBe('DONE');
});

/** A store that loses, cuts or changes what is told as stored. */
const lying =
  (key: RegExp, lie: 'lose' | 'cut' | 'change') =>
  (store: ArtifactStore): ArtifactStore => ({
    ...store,
    put: async (bucket, name, body, options) => {
      const receipt = await store.put(bucket, name, body, options);
      if (!key.test(name)) return receipt;
      if (lie === 'lose') await store.remove(bucket, name);
      else
        await store.put(bucket, name, lie === 'cut' ? Buffer.alloc(receipt.size - 1) : Buffer.alloc(receipt.size, 7));
      return receipt;
    },
  });

it.each([
  ['the report is gone', /report\.json$/, 'lose'],
  ['the report is cut short', /report\.json$/, 'cut'],
  ['the report is not what was stored', /report\.html$/, 'change'],
  ['a result of a cell is gone', /\.findings\.json\.zst$/, 'lose'],
  ['a result of a cell is cut short', /\.findings\.json\.zst$/, 'cut'],
] as const)('L9 a job is never DONE when %s', async (_, key, lie) => {
  const { state, code, events } = await ending({ store: lying(key, lie) });
  expect([state, code]).toEqual(['FAILED', 'storage']);
  expect(events.filter((event) => event.type === 'jobs.events.completed')).toEqual([]);
});

it('an engine that starts removes login details of jobs that ended or never came to be, and no others', async () => {
  const kept = new Set([JOB, '01sjm000000000000000000009']);
  const secrets = {
    put: () => {},
    get: () => null,
    remove: (jobId: string) => void kept.delete(jobId),
    jobs: () => [...kept],
  };
  const { engine } = await startLife({
    secrets,
    prepare: (ledger) => void ledger.createJob({ id: JOB, spec: SPEC, parent: null }),
  });
  expect([...kept]).toEqual([JOB]);
  await engine.stop();
});
