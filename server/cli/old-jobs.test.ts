import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileStore } from '@stageflow/engine/artifact';
import { nextState } from '@stageflow/engine/fsm';
import { type Clock, newJobId, silentLog, systemClock } from '@stageflow/engine/kernel';
import { type Ledger, openLedger } from '@stageflow/engine/ledger';
import { drafts, specOf } from '../../test/conformance/events.ts';
import { KEPT_DAYS, removeOldJobs } from './old-jobs.ts';

const DAY = 86_400_000;
let folder: string;
let ledger: Ledger;
let store: FileStore;
let ahead = 0;
const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };
beforeEach(async () => {
  ahead = 0;
  folder = mkdtempSync(join(tmpdir(), 'old-jobs-'));
  ledger = openLedger({ path: ':memory:', clock, nextState });
  store = new FileStore(folder);
  await store.prepare();
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

function ended(): string {
  const id = newJobId(clock.now());
  ledger.createJob({ id, spec: specOf('urls'), parent: null });
  ledger.append(id, 1, [drafts.failed()]);
  return id;
}
const sweep = async (env: NodeJS.ProcessEnv = {}) => {
  const said: string[] = [];
  await removeOldJobs({ ledger, store, clock, log: silentLog }, env, (line) => said.push(line));
  return said;
};

it('a job of a laptop goes after thirty days, and the person is told; one that is shared stays', async () => {
  const [plain, shared] = [ended(), ended()];
  const share = { id: 'sh', jobId: shared, createdBy: 't', expiresAt: clock.now() + 60 * DAY, settings: '{}' };
  ledger.service.shares.add(share, 'hash');
  ahead = 29 * DAY;
  expect(await sweep()).toEqual([]);
  ahead = 31 * DAY;
  const young = ended();
  expect(await sweep()).toEqual([expect.stringMatching(/^One job that ended more than 30 days ago went/)]);
  expect([plain, shared, young].map((id) => ledger.job(id) !== null)).toEqual([false, true, true]);
});

it('it stays when the person says so, or the server of the folder keeps jobs longer', async () => {
  const id = ended();
  ahead = 31 * DAY;
  expect(await sweep({ STAGEFLOW_KEEP_JOBS: 'true' })).toEqual([]);
  expect(await sweep({ STAGEFLOW_JOB_DAYS: '90' })).toEqual([]);
  expect(await sweep({ STAGEFLOW_JOB_DAYS: 'often' })).toEqual([]);
  ledger.setSetting(KEPT_DAYS, '90');
  expect(await sweep()).toEqual([]);
  expect(ledger.job(id)).not.toBeNull();
  expect(await sweep({ STAGEFLOW_JOB_DAYS: '30' })).toHaveLength(1);
});
