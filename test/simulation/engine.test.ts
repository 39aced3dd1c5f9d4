import { describe, expect, it } from 'vitest';
import { createMemoryBroker, createMemoryBus, createRandom, type Failings } from '../../engine/bus/index.ts';
import { type StageflowEvent, TERMINAL } from '../../engine/event/index.ts';
import { nextState } from '../../engine/fsm/index.ts';
import { type Clock, isErrorCode, silentLog } from '../../engine/kernel/index.ts';
import { type Ledger, openLedger } from '../../engine/ledger/index.ts';
import { canonicalJson, reduceAll } from '../../engine/view/index.ts';
import { Manifest } from '../../engine/scanner/index.ts';
import { type Engine, startEngine } from '../../engine/run/engine.ts';
import type { EnginePorts } from '../../engine/run/ports.ts';
import { specOf } from '../conformance/events.ts';
import { createBuggify } from './buggify.ts';
import { createFakePods } from './fake-pods.ts';
import { createMemoryStore } from './memory-store.ts';
import { createVirtualClock } from './virtual-clock.ts';
import { standIns } from './stand-ins.ts';

const SEEDS = Number(process.env.STAGEFLOW_SEEDS ?? 2000);
const FIRST = Number(process.env.STAGEFLOW_SEED ?? 1);
const MINUTE = 60_000;
/** One fewer than there are jobs, so that one always waits. */
const SLOTS = 2;

const QUEUE: Failings = {
  lostAck: 0.05,
  forgottenId: 0.1,
  storedTimeout: 0.05,
  lostPublish: 0.05,
  doubleDelivery: 0.1,
  forgottenCount: 0.1,
  reorder: 0.2,
  delay: 300,
};
const PODS = { crash: 0.01, freeze: 0.004, repeat: 0.05, refuse: 0.03, cellFails: 0.05 };

const FAULTS = [
  'acks forgotten',
  'queue down',
  'engine killed',
  'engine killed',
  'store down',
  'cancel',
  'pause',
  'another engine takes over',
];

const manifest = (id: string, lane: 'page' | 'machine', site: boolean) =>
  Manifest.parse({
    id,
    title: id,
    summary: 'A scanner of the simulation.',
    version: '1.0.0',
    lane,
    site,
    defaultPages: lane === 'page' ? 'all' : 'template',
    defaultOn: true,
    timeoutSeconds: 60,
    costSeconds: 1,
    runtime: { kind: 'module' },
  });
const MANIFESTS = new Map(
  [manifest('axe', 'page', false), manifest('seo', 'page', true), manifest('lighthouse', 'machine', false)].map((m) => [
    m.id,
    m,
  ]),
);
const spec = (kind: 'zip' | 'urls') => ({
  ...specOf(kind),
  modules: [...MANIFESTS.keys()].map((id) => ({ id, options: {} })),
});

/** States in which a job can be cancelled; every second story aims at one of them, however short it lasts. */
const CANCELLED_IN = ['PENDING', 'EXTRACTING', 'READY_TO_SCAN', 'SCANNING', 'COMPLETING'] as const;

/** A ledger that stops answering when its engine is killed, as memory does. `after` runs when it has answered. */
function mortal(ledger: Ledger, dead: () => boolean, after: () => void): Ledger {
  return new Proxy(ledger, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (dead()) throw new Error('this engine was killed');
        const answer: unknown = Reflect.apply(value, target, args);
        after();
        return answer;
      };
    },
  });
}

/** The clock of one life: with its engine killed, no timer fires any more. */
function mortalClock(clock: Clock, dead: () => boolean): Clock {
  return {
    now: () => clock.now(),
    after: (milliseconds, run) => clock.after(milliseconds, () => (dead() ? undefined : run())),
    sleep: async (milliseconds, signal) => {
      await clock.sleep(milliseconds, signal);
      if (dead()) await new Promise<never>(() => {});
    },
  };
}

const jobName = (n: number) => `01sjm0000000000000000000${String(n).padStart(2, '0')}`;

/** Plays one seed to its end and says what broke, or null. */
async function play(seed: number, hits: Map<string, number>): Promise<string | null> {
  const clock = createVirtualClock();
  const random = createRandom(seed);
  const buggify = createBuggify(random, hits);
  const ledger = openLedger({ path: ':memory:', clock, nextState });
  const broker = createMemoryBroker(clock, seed, QUEUE);
  // Every sixth story is one of pods that die again and again, so that scans fail.
  const ill = seed % 6 === 0;
  let storeDown = false;
  const store = createMemoryStore(() => storeDown || buggify.hit('put fails', 0.005));
  const pods = createFakePods({
    clock,
    random,
    buggify,
    failings: ill ? { ...PODS, crash: 0.2 } : PODS,
    finished: (jobId, cell) => ledger.cells(jobId).some((row) => `${row.pageId}/${row.scanner}` === cell),
    links: (url) => (url.endsWith('/') ? ['a', 'b'] : ['c', './']),
  });

  const cancelled = new Map<string, number>();
  // Drawn apart from `random`, so that the other faults of a seed are what they were.
  let aim = seed % 2 === 1 ? { job: seed % 3, state: CANCELLED_IN[Math.floor(seed / 2) % 5] ?? 'PENDING' } : null;
  if (aim?.state === 'EXTRACTING') aim = { ...aim, job: 0 };
  let living: Engine | null = null;
  /** Cancels the job aimed at in the very step in which it comes to the state. */
  const shoot = () => {
    const engine = living;
    if (aim === null || engine === null) return;
    const id = jobName(aim.job);
    const { state } = aim;
    if (ledger.job(id)?.state !== state || ledger.ended(id)) return;
    aim = null;
    queueMicrotask(() => {
      if (ledger.job(id)?.state !== state || ledger.ended(id)) return;
      buggify.count(`cancel in ${state}`);
      cancelled.set(id, clock.now());
      engine.cancel(id).catch(() => {});
    });
  };

  /** `main` leaves the jobs of earlier lives alone until they are resumed; any other node takes up all that nobody renews. */
  const startLife = async (node = 'main') => {
    let dead = false;
    const engineId = node === 'main' ? 'e1' : 'e2';
    const own = mortalClock(clock, () => dead);
    const bus = createMemoryBus(broker, {
      node,
      engineId,
      clock: own,
      log: silentLog,
      onPoison: (event) => engine.poisoned(event),
    });
    await bus.prepare();
    const ports: EnginePorts = {
      ledger: mortal(ledger, () => dead, shoot),
      bus,
      store,
      pods: async () => pods,
      ...standIns(),
      manifests: MANIFESTS,
      clock: own,
      log: silentLog,
      report: async ({ id: jobId }, failure) => {
        if (failure !== null) {
          buggify.count('partial report');
          await own.sleep(Math.floor(random() * 4000));
        }
        const stored = await store.put('scanner-artifacts', `${jobId}/report.json`, Buffer.from('{}'));
        const counts = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };
        return {
          report: stored,
          html: stored,
          verdict: 'complete',
          trustworthy: true,
          code: null,
          about: null,
          counts,
        };
      },
      engineId,
      node,
    };
    const engine = await startEngine(ports, { recover: node !== 'main', maxConcurrentJobs: SLOTS });
    living = engine;
    return {
      engine,
      node,
      kill: () => {
        dead = true;
        living = null;
        bus.kill();
        pods.killAll();
      },
    };
  };

  try {
    let life = await startLife();
    const jobs = ['zip', 'urls', 'urls'].map((kind, n) => {
      const id = jobName(n);
      life.engine.submit({ id, spec: spec(kind as 'zip' | 'urls') });
      return id;
    });
    await store.put('scanner-staging', 'staging/j/shop.zip', Buffer.from('zip')).catch(() => {});
    /** Ends a life as kill -9 does. A cancel that it had not answered yet died with it: whoever asked has to ask again. */
    const kill = () => {
      life.kill();
      for (const id of cancelled.keys()) if (!ledger.ended(id)) cancelled.delete(id);
    };
    for (let faults = 0; faults < 4; faults += 1) {
      await clock.runUntil(() => false, Math.floor(random() * 12_000));
      // A scan has failed and its job has not said so yet: what the table asks for then must be done by the next life.
      if (ill && (await clock.runUntil(() => ledger.open().some((job) => job.state === 'FAILED'), 60_000))) {
        buggify.count('killed before the last word');
        kill();
        life = await startLife(life.node);
        for (const id of jobs) if (!ledger.ended(id)) await life.engine.resume(id);
      }
      const fault = Math.floor(random() * FAULTS.length);
      buggify.count(FAULTS[fault] ?? 'none');
      if (fault === 0) broker.forgetAcks();
      if (fault === 1) {
        broker.setDown(true);
        await clock.runUntil(() => false, Math.floor(random() * 30_000));
        broker.setDown(false);
      }
      if (fault === 2 || fault === 3) {
        kill();
        await clock.runUntil(() => false, Math.floor(random() * 5000));
        life = await startLife(life.node);
        for (const id of jobs) if (!ledger.ended(id)) await life.engine.resume(id);
      }
      if (fault === 4) {
        storeDown = true;
        await clock.runUntil(() => false, Math.floor(random() * 10_000));
        storeDown = false;
      }
      const victim = jobs[Math.floor(random() * 9)];
      if (fault === 5 && victim !== undefined && !TERMINAL.has(ledger.job(victim)?.state ?? 'DONE')) {
        cancelled.set(victim, clock.now());
        void life.engine.cancel(victim);
      }
      if (fault === 6 && victim !== undefined && !ENDING.has(ledger.job(victim)?.state ?? 'DONE')) {
        await clock.runUntil(pausing(life.engine, victim), MINUTE);
        const before = ledger.job(victim);
        const ends = ledger.ended(victim);
        await clock.runUntil(() => false, Math.floor(random() * 20_000));
        const after = ledger.job(victim);
        if (!ends && (after?.seq !== before?.seq || after?.attempt !== before?.attempt) && !ledger.ended(victim))
          return `${victim} went on while it was paused`;
        if (!ledger.ended(victim)) await life.engine.unpause(victim);
      }
      if (fault === 7) {
        // No word of the old one's end: its leases have to run out.
        kill();
        life = await startLife(life.node === 'main' ? 'other' : 'main');
        if (life.node === 'main') for (const id of jobs) if (!ledger.ended(id)) await life.engine.resume(id);
      }
      if (pods.jobs() > SLOTS) return `${pods.jobs()} jobs have a pod`;
    }
    const ended = () => jobs.every((id) => ledger.ended(id));
    if (!(await clock.runUntil(ended, 120 * MINUTE)))
      return `stuck: ${jobs.map((id) => ledger.job(id)?.state).join(', ')}`;
    await clock.runUntil(() => false, 2 * MINUTE);
    for (const id of jobs)
      if (ledger.events(id).some(({ type }) => type === 'scan.events.failed')) buggify.count('scan failed');
    const fault = jobs.map((id) => broken(ledger, id, cancelled.get(id))).find((found) => found !== null);
    if (fault !== undefined) return fault ?? null;
    if (pods.again.length > 0) return `handed out again: ${pods.again.join(', ')}`;
    if (pods.alive() > 0) return `${pods.alive()} containers left`;
    life.kill();
    return null;
  } finally {
    ledger.close();
  }
}

/** States in which there is nothing to pause. */
const ENDING: ReadonlySet<string> = new Set(['COMPLETING', 'DONE', 'FAILED']);

/** Pauses a job; the answer is true once its pod is gone. */
function pausing(engine: Engine, jobId: string): () => boolean {
  let done = false;
  void engine.pause(jobId).finally(() => {
    done = true;
  });
  return () => done;
}

/** What is wrong with one job's end and history, or null. */
function broken(ledger: Ledger, id: string, cancelledAt: number | undefined): string | null {
  const job = ledger.job(id);
  const events = ledger.events(id);
  const of = (type: StageflowEvent['type']) => events.filter((event) => event.type === type);
  const completed = of('jobs.events.completed').length;
  const failed = of('jobs.events.failed').length;
  if (events.some((event, at) => event.seq !== at + 1)) return `${id} has a hole in its history`;
  if (job?.state === 'DONE' && (completed !== 1 || failed !== 0))
    return `${id} is DONE with ${completed} ends and ${failed} failures`;
  if (job?.state === 'FAILED' && (failed !== 1 || completed !== 0))
    return `${id} is FAILED with ${failed} failures and ${completed} ends`;
  if (job?.state === 'FAILED' && !isErrorCode(job.failureCode ?? ''))
    return `${id} failed without a code: ${job.failureCode}`;
  if (job?.state === 'FAILED' && job.failureCode === 'internal') {
    return `${id} failed by a fault of our own: ${JSON.stringify(of('jobs.events.failed').map((event) => event.data))}`;
  }
  if (job?.state === 'DONE') {
    const pages = of('scan.events.page.discovered').length;
    if (of('scan.events.page.completed').length !== pages) return `${id} is DONE with pages that did not end`;
    // A page that was blamed for two deaths leads nowhere: what only it links to is not found.
    const blamed = events.some(
      (event) => event.type === 'scan.events.page.completed' && event.data.status === 'failed',
    );
    if (pages !== 4 && !blamed) return `${id} found ${pages} pages`;
  }
  const end = events.find((event) => event.type === 'jobs.events.failed' || event.type === 'jobs.events.completed');
  if (cancelledAt !== undefined && (end?.time ?? 0) > cancelledAt + 15_000)
    return `${id} ended ${(end?.time ?? 0) - cancelledAt} ms after its cancel`;
  // Nothing comes after a scan's own failure but the job's: one outcome, told twice.
  const told = events.findLast((event) => event.type === 'scan.events.failed');
  if (told && end?.type === 'jobs.events.failed' && end.data.failure.code !== told.data.failure.code)
    return `${id} failed as ${end.data.failure.code} after its scan failed as ${told.data.failure.code}`;
  const stored = ledger.view(id);
  const folded = reduceAll(null, events);
  if (stored && folded && stored.seq === job?.seq && stored.json !== canonicalJson(folded))
    return `${id}: the stored view is not the folded one`;
  return null;
}

describe('the whole engine under a virtual clock', () => {
  it(`S1 S2 S3 S13 N10 N11 ends every job once, hands no cell out twice and leaves nothing, in ${SEEDS} seeds from ${FIRST}`, {
    timeout: 900_000,
  }, async () => {
    const broke: string[] = [];
    const hits = new Map<string, number>();
    for (let seed = FIRST; seed < FIRST + SEEDS && broke.length < 10; seed += 1) {
      const found = await play(seed, hits);
      if (found !== null) broke.push(`STAGEFLOW_SEED=${seed} STAGEFLOW_SEEDS=1: ${found}`);
    }
    expect(broke).toEqual([]);
    // S3: a point that is hardly ever hit proves nothing; a full run hits each at least a hundred times.
    const rare = [...hits].filter(([, count]) => count < Math.min(100, SEEDS / 20));
    if (SEEDS >= 100) expect({ rare, points: hits.size }).toEqual({ rare: [], points: 21 });
  });
});
