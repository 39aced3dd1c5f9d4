import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startNatsServer } from '../../../engine/bus/index.ts';
import { silentLog, systemClock } from '../../../engine/kernel/index.ts';
import { natsBinary } from '../../conformance/nats-binary.ts';
import { startTestServer } from './harness.ts';

/** Seconds for which the queue stands still: longer than its clients wait. Five minutes of it pass in the simulation. */
const OUTAGE_SECONDS = 20;

it('N10 a real queue that stands still in the middle of a scan fails nothing: the cells go on, and the job ends once when it is back', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'stageflow-queue-'));
  const queue = await startNatsServer({ binary: natsBinary(), directory, clock: systemClock, log: silentLog });
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => process.kill(queue.pid() ?? 0, name);
  const server = await startTestServer({ queue });
  onTestFinished(async () => {
    signal('SIGCONT');
    await server.close();
    await queue.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const { ledger } = server;
  const token = server.token(['submit', 'read']);
  let stoppedAt = 0;
  ledger.onCommit((events) => {
    if (stoppedAt > 0 || !events.some(({ type }) => type === 'scan.events.cell.completed')) return;
    stoppedAt = Date.now();
    signal('SIGSTOP');
  });
  const made = await server.call(token, 'POST', '/api/v1/jobs/url', { urls: ['https://a.example/'], modules: ['seo'] });
  const { id } = (await made.json()) as { id: string };
  const patience = { timeout: 60_000, interval: 50 };
  const told = (type: string) => ledger.events(id).filter((event) => event.type === type).length;
  await expect.poll(() => told('scan.events.completed'), patience).toBe(1);
  expect(told('scan.events.page.completed')).toBe(3);
  await expect.poll(() => Date.now() - stoppedAt, patience).toBeGreaterThan(OUTAGE_SECONDS * 1000);
  const view = await (await server.call(token, 'GET', `/api/v1/jobs/${id}`)).json();
  // What is left to do is the report, for which the queue has to bring the event back.
  expect(view).toMatchObject({ state: 'COMPLETING', failure: null });
  expect(ledger.job(id)).toMatchObject({ state: 'SCANNING', failureCode: null });
  expect(told('jobs.events.completed') + told('jobs.events.failed')).toBe(0);

  signal('SIGCONT');
  await expect.poll(() => ledger.job(id)?.state, patience).toBe('DONE');
  expect([told('jobs.events.completed'), told('jobs.events.failed'), ledger.job(id)?.attempt]).toEqual([1, 0, 1]);
  const cells = ledger.cells(id).map(({ pageId, scanner }) => `${pageId}/${scanner}`);
  expect(new Set(cells).size).toBe(told('scan.events.cell.completed'));
}, 180_000);
