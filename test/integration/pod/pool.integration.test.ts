import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { silentLog, systemClock } from '../../../engine/kernel/index.ts';
import { createPodPool, planPod, type PodPool } from '../../../engine/pod/index.ts';
import { POD_CPUS } from '../../../engine/run/attempt.ts';
import { runnerAssignment, warmUpOf } from '../../../engine/run/session/assignment.ts';
import type { JobRow } from '../../../engine/ledger/index.ts';
import { discoverScanners } from '../../../engine/scanner/discover.ts';
import type { ContainerMessage } from '../../../engine/scanner/index.ts';
import { specOf } from '../../conformance/events.ts';
import { handlersOf } from './pair.ts';
import { type RealPodman, realPodman } from './real-podman.ts';

const ENGINE = `pooltest${process.pid}`;
const NOWHERE = { testTrust: null, chromium: null };
let podman: RealPodman;
let pool: PodPool;
let measuring = false;

const openPool = async (size: number) => {
  const manifests = await discoverScanners(`${import.meta.dirname}/../../../scanners`);
  return createPodPool({
    runtime: podman.runtime(),
    engineId: ENGINE,
    size,
    image: async () => podman.image,
    memoryMiB: 2048,
    cpus: POD_CPUS,
    warmUp: warmUpOf(new Map(manifests.map((manifest) => [manifest.id, manifest])), NOWHERE),
    busy: async () => measuring,
    clock: systemClock,
    log: silentLog,
  });
};
const planOf = (jobId: string, memoryMiB = 2048) =>
  planPod({
    jobId,
    attempt: 1,
    engineId: ENGINE,
    image: podman.image,
    source: 'urls',
    memoryMiB,
    cpus: POD_CPUS,
    unpackedBytes: 0,
  });
const standsReady = () => expect.poll(() => pool.ready(), { timeout: 60_000, interval: 50 }).toBe(1);

/** Gives a job without pages to a pod of the pool and waits until its runner is through. */
async function serve(jobId: string, memoryMiB?: number) {
  const messages: ContainerMessage[] = [];
  const job = { id: jobId, attempt: 1, spec: { ...specOf('urls'), modules: [{ id: 'axe', options: {} }] } };
  const assignment = {
    ...runnerAssignment(job as unknown as JobRow, { site: null, sitePort: null, access: null, surroundings: NOWHERE }),
    readOrigin: false,
  };
  const pod = await pool.create(planOf(jobId, memoryMiB));
  const container = await pod.start(
    'runner',
    handlersOf({
      assignment: async () => assignment,
      message: async (message) => {
        messages.push(message);
        return { skip: false };
      },
      next: async () => 'done',
    }),
  );
  const report = await container.exited;
  return { pod, report, ready: messages.find((message) => message.type === 'runner.ready') };
}

beforeAll(async () => {
  podman = await realPodman(ENGINE);
});
afterEach(async () => {
  measuring = false;
  await pool.drain();
  expect([...(await podman.pods(ENGINE)), ...(await podman.containers(ENGINE))], 'left behind').toEqual([]);
});
afterAll(async () => {
  await podman.runtime().reap(() => false);
});

describe('the pool of warm pods', () => {
  it('hands a job a pod whose browser is up, once, and then warms another', async () => {
    pool = await openPool(1);
    pool.fill();
    await standsReady();
    const [warm] = await podman.pods(ENGINE);
    const served = await serve('job1');
    expect(served.pod.name).toBe(warm);
    expect(served.pod.facts.warm).toBe(true);
    expect(served.report).toMatchObject({ exitCode: 0, asked: false });
    expect(served.ready).toMatchObject({ sandbox: { noNewPrivs: true, ownNamespaces: true } });
    await served.pod.remove();
    await standsReady();
    expect(await podman.pods(ENGINE)).not.toContain(warm);
  });

  it('makes a new pod for a job that needs other limits', async () => {
    pool = await openPool(1);
    pool.fill();
    await standsReady();
    const served = await serve('job2', 1024);
    expect(served.pod.name).toBe('stageflow-job2-1');
    expect(served.pod.facts.warm).toBeUndefined();
    expect(served.report.exitCode).toBe(0);
    expect(pool.ready()).toBe(1);
    await served.pod.remove();
  });

  it('replaces a warm pod that was killed before it had a job', async () => {
    pool = await openPool(1);
    pool.fill();
    await standsReady();
    const [killed = ''] = await podman.pods(ENGINE);
    await podman.ask('pod', 'rm', '--force', '--time', '0', killed);
    await expect
      .poll(async () => (await podman.pods(ENGINE)).filter((name) => name !== killed).length, { timeout: 60_000 })
      .toBe(1);
    await standsReady();
  });

  it('warms nothing while the machine measures, and its pods are reaped by label after a crash of the engine', async () => {
    measuring = true;
    pool = await openPool(1);
    pool.fill();
    expect(await podman.pods(ENGINE)).toEqual([]);
    await pool.drain();
    measuring = false;
    pool = await openPool(1);
    pool.fill();
    await standsReady();
    expect(await podman.runtime().reap(() => false)).toBe(1);
  });
});
