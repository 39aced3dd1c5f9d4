import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileStore } from '../../../engine/artifact/index.ts';
import { nextState } from '../../../engine/fsm/index.ts';
import { newJobId, silentLog } from '../../../engine/kernel/index.ts';
import { type Ledger, openLedger } from '../../../engine/ledger/index.ts';
import { removeJob, removeReports, sweepJobs, sweepOrphans, sweepStaging } from '../../../engine/run/retention.ts';
import { drafts, specOf } from '../../conformance/events.ts';
import { createVirtualClock, type VirtualClock } from '../../simulation/virtual-clock.ts';

const DAY = 86_400_000;
let clock: VirtualClock;
let ledger: Ledger;
let store: FileStore;
let folder: string;
beforeEach(async () => {
  clock = createVirtualClock(Date.now());
  ledger = openLedger({ path: ':memory:', clock, nextState });
  folder = mkdtempSync(join(tmpdir(), 'retention-'));
  store = new FileStore(folder);
  await store.prepare();
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

const days = async (count: number) => {
  clock.after(count * DAY, () => {});
  await clock.runUntil(() => false, count * DAY);
};
const ports = () => ({ ledger, store, clock, log: silentLog });

/** A job with a report, a picture and its archive; ended unless it is to run on. */
async function job(ended = true): Promise<string> {
  const id = newJobId(clock.now());
  ledger.createJob({ id, spec: specOf('zip'), parent: null, owner: 'team' });
  if (ended) ledger.append(id, 1, [drafts.failed()]);
  await store.put('scanner-staging', `staging/${id}/dist.zip`, Buffer.from('zip'));
  await store.put('scanner-artifacts', `${id}/report.json`, Buffer.from('{}'));
  await store.put('scanner-artifacts', `${id}/axe/evidence/a.png`, Buffer.from('png'));
  return id;
}
const share = (jobId: string, expiresAt: number) =>
  ledger.service.shares.add({ id: `sh_${jobId}`, jobId, createdBy: 'tok', expiresAt, settings: '{}' }, `hash-${jobId}`);
const left = async (id: string) => {
  const keys: string[] = [];
  for await (const { key } of store.list('scanner-artifacts', '')) if (key.includes(id)) keys.push(key);
  for await (const { key } of store.list('scanner-staging', '')) if (key.includes(id)) keys.push(key);
  return keys;
};

it('a deleted job takes with it what commands wrote of its report, and nothing else', async () => {
  const [id, other] = [await job(), await job()];
  const reports = join(folder, 'reports');
  const file = (name: string) => join(reports, name, 'report.html');
  for (const name of [id, other]) {
    mkdirSync(join(reports, name), { recursive: true });
    writeFileSync(file(name), '<p>');
  }
  await removeJob({ ...ports(), reports }, id);
  expect([existsSync(join(reports, id)), existsSync(file(other))]).toEqual([false, true]);
  await removeReports(reports, '..');
  expect(existsSync(file(other))).toBe(true);
});

it('L8 a deleted job is gone with its row, events, view, shares, deliveries, archive and artifacts, and no other', async () => {
  const [id, other] = [await job(), await job()];
  share(id, clock.now() + DAY);
  const { webhooks, deliveries } = ledger.service;
  webhooks.add({
    id: 'wh_1',
    tenant: 'team',
    url: 'https://team.example/hook',
    secret: 's',
    events: ['job.completed'],
  });
  for (const jobId of [id, other])
    deliveries.add({ id: `msg_${jobId}`, webhookId: 'wh_1', jobId, eventType: 'job.completed', body: '{}' });
  await removeJob(ports(), id);
  expect(ledger.job(id)).toBeNull();
  expect(ledger.events(id)).toEqual([]);
  expect(ledger.view(id)).toBeNull();
  expect(ledger.service.shares.byHash(`hash-${id}`)).toBeNull();
  expect(deliveries.ofWebhook('wh_1', 10).map(({ jobId }) => jobId)).toEqual([other]);
  expect(await left(id)).toEqual([]);
  expect(await left(other)).toHaveLength(3);
});

it('a job that runs is neither deleted nor swept', async () => {
  const id = await job(false);
  await expect(removeJob(ports(), id)).rejects.toMatchObject({ code: 'conflict' });
  await days(60);
  expect(await sweepJobs(ports(), 30)).toEqual([]);
  expect(await left(id)).toHaveLength(3);
});

it('an ended job stays thirty days, and longer while a share of it lives', async () => {
  const [plain, shared, revoked] = [await job(), await job(), await job()];
  share(shared, clock.now() + 40 * DAY);
  share(revoked, clock.now() + 40 * DAY);
  ledger.service.shares.revoke(`sh_${revoked}`);
  await days(29);
  expect(await sweepJobs(ports(), 30)).toEqual([]);
  await days(2);
  expect((await sweepJobs(ports(), 30)).toSorted()).toEqual([plain, revoked].toSorted());
  expect(await left(shared)).toHaveLength(3);
  await days(10);
  expect(await sweepJobs(ports(), 30)).toEqual([shared]);
  for (const id of [plain, shared, revoked]) expect(await left(id)).toEqual([]);
});

it('the old goes however many newer jobs have ended, and what has to stay hides nothing behind it', async () => {
  const kept = await job();
  share(kept, clock.now() + 40 * DAY);
  const old = await job();
  await days(31);
  for (let made = 0; made < 1100; made += 1) {
    const id = newJobId(clock.now());
    ledger.createJob({ id, spec: specOf('zip'), parent: null, owner: 'team' });
    ledger.append(id, 1, [drafts.failed()]);
  }
  expect(await sweepJobs(ports(), 30)).toEqual([old]);
  expect(ledger.job(kept)).not.toBeNull();
});

it('L8 what a removal that broke off has left is swept once it is a day old, and nothing that a job owns or is about to own', async () => {
  const [owned, orphan] = [await job(), newJobId(clock.now())];
  await store.put('scanner-artifacts', `${orphan}/report.json`, Buffer.from('{}'));
  expect(await sweepOrphans(ports())).toEqual([]);
  await days(2);
  expect(await sweepOrphans(ports())).toEqual([orphan]);
  expect(await left(orphan)).toEqual([]);
  expect(await left(owned)).toHaveLength(3);
});

it('an archive without a job that no request of ours is known to have taken in has a day, whenever it is looked at', async () => {
  const coming = newJobId(clock.now());
  await store.put('scanner-staging', `staging/${coming}/dist.zip`, Buffer.from('zip'));
  await sweepStaging(ports(), 7);
  expect(await left(coming)).toHaveLength(1);
  await days(2);
  await sweepStaging(ports(), 7);
  expect(await left(coming)).toEqual([]);
});

it('the archive that a retried job will unpack outlives the job before it', async () => {
  const parent = await job();
  const child = newJobId(clock.now());
  const stagingKey = `staging/${parent}/dist.zip`;
  const { source } = specOf('zip');
  const spec = { ...specOf('zip'), source: { ...source, stagingKey } as typeof source };
  ledger.createJob({ id: child, spec, parent, owner: 'team' });
  await removeJob(ports(), parent);
  await sweepStaging(ports(), 0);
  expect(await left(parent)).toEqual([stagingKey]);
  ledger.append(child, 1, [drafts.failed()]);
  await days(2);
  await sweepStaging(ports(), 0);
  expect(await left(parent)).toEqual([]);
});
