import { describe, expect, it } from 'vitest';
import { createMemoryBroker, createMemoryBus, createRandom, NO_FAILINGS } from '../../engine/bus/index.ts';
import { nextState } from '../../engine/fsm/index.ts';
import { silentLog } from '../../engine/kernel/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';
import type { ExitReport } from '../../engine/pod/index.ts';
import { startEngine } from '../../engine/run/engine.ts';
import type { EnginePorts } from '../../engine/run/ports.ts';
import { specOf } from '../conformance/events.ts';
import { createBuggify } from './buggify.ts';
import { createFakePods, type FakeContainer } from './fake-pods.ts';
import { createMemoryStore } from './memory-store.ts';
import { createVirtualClock } from './virtual-clock.ts';
import { emptyReport, simulatedScanner, standIns } from './stand-ins.ts';

const JOB = '01sjm000000000000000000000';
const MINUTE = 60_000;
const AXE = simulatedScanner('axe');

/** One job of four pages under a virtual clock, whose pods and store meet what the test says. */
async function play(world: {
  readonly fate?: (container: FakeContainer) => Partial<ExitReport> | null;
  /** Whether the store is away, by the minutes that have passed and the job's state. */
  readonly away?: (minutes: number, state: string) => boolean;
}) {
  const clock = createVirtualClock();
  const began = clock.now();
  const random = createRandom(1);
  const ledger = openLedger({ path: ':memory:', clock, nextState });
  const store = createMemoryStore(
    () => world.away?.((clock.now() - began) / MINUTE, ledger.job(JOB)?.state ?? '') ?? false,
  );
  const pods = createFakePods({
    clock,
    random,
    buggify: createBuggify(random, new Map()),
    failings: { crash: 0, freeze: 0, repeat: 0, refuse: 0, cellFails: 0 },
    finished: (jobId, cell) => ledger.cells(jobId).some((row) => `${row.pageId}/${row.scanner}` === cell),
    links: (url) => (url.endsWith('/') ? ['a', 'b'] : ['c', './']),
    ...(world.fate ? { fate: world.fate } : {}),
  });
  const bus = createMemoryBus(createMemoryBroker(clock, 1, NO_FAILINGS), {
    node: 'main',
    engineId: 'e1',
    clock,
    log: silentLog,
    onPoison: async () => {},
  });
  await bus.prepare();
  const engine = await startEngine({
    ledger,
    bus,
    store,
    pods: async () => pods,
    ...standIns(),
    manifests: new Map([['axe', AXE]]),
    clock,
    log: silentLog,
    report: emptyReport(store),
    engineId: 'e1',
    node: 'main',
  } satisfies EnginePorts);
  const spec = specOf('urls');
  // Room enough for every outage here: it is not the deadline that is tried.
  const limits = { ...spec.limits, jobSeconds: 7200 };
  engine.submit({ id: JOB, spec: { ...spec, limits, modules: [{ id: 'axe', options: {} }] } });
  const ended = await clock.runUntil(() => ledger.ended(JOB), 120 * MINUTE);
  const job = ledger.job(JOB);
  const outcomes = ledger.cells(JOB).map(({ event }) => event.data.outcome);
  void engine.stop();
  await clock.runUntil(() => false, MINUTE);
  ledger.close();
  return { ended, state: job?.state, code: job?.failureCode, attempts: job?.attempt, outcomes, again: pods.again };
}

const ALL_OK = ['ok', 'ok', 'ok', 'ok'];
const KILLED: Partial<ExitReport> = { exitCode: 137 };
const LOST: Partial<ExitReport> = { exitCode: null, lost: true };

describe('a job whose pods die', () => {
  it('fails after one retry when the container ends by itself', async () => {
    const end = await play({ fate: () => ({ exitCode: 1 }) });
    expect(end).toMatchObject({ state: 'FAILED', code: 'pod_crashed', attempts: 2 });
  });

  it('goes on after seven deaths in a row that the machine is to blame for', async () => {
    const end = await play({ fate: ({ attempt }) => (attempt <= 7 ? KILLED : null) });
    expect(end).toMatchObject({ state: 'DONE', attempts: 8, outcomes: ALL_OK });
  });

  it('gives up, and says why, when the machine goes on killing them', async () => {
    expect(await play({ fate: () => KILLED })).toMatchObject({ state: 'FAILED', code: 'pod_killed', attempts: 8 });
  });

  it('goes on as long as each pod finishes a cell before it dies', async () => {
    const end = await play({ fate: ({ cells, busy }) => (cells > 0 && !busy ? { exitCode: 1 } : null) });
    expect(end).toMatchObject({ state: 'DONE', outcomes: ALL_OK, again: [] });
    expect(end.attempts).toBeGreaterThan(3);
  });

  it('blames a page for two deaths with it in hand, and scans the others', async () => {
    let deaths = 0;
    const end = await play({ fate: ({ busy, cells }) => (busy && cells === 0 && deaths++ < 2 ? KILLED : null) });
    expect(end).toMatchObject({ state: 'DONE', attempts: 3 });
    expect(end.outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(1);
  });

  it('never blames a page when Podman lost the container', async () => {
    let deaths = 0;
    const end = await play({ fate: ({ busy, cells }) => (busy && cells === 0 && deaths++ < 5 ? LOST : null) });
    expect(end).toMatchObject({ state: 'DONE', attempts: 6, outcomes: ALL_OK });
  });
});

describe('a job whose store is away', () => {
  it('waits for it while pages are scanned, and blames none', async () => {
    const end = await play({ away: (minutes, state) => state === 'SCANNING' && minutes < 35 });
    expect(end).toMatchObject({ state: 'DONE', outcomes: ALL_OK, again: [] });
  });

  it('waits for it with its report', async () => {
    const end = await play({ away: (minutes, state) => state === 'COMPLETING' && minutes < 10 });
    expect(end).toMatchObject({ state: 'DONE', outcomes: ALL_OK, attempts: 1 });
  });

  it('fails as store_failed, not for a page of its own, when the store stays away', async () => {
    const end = await play({ away: (_minutes, state) => state === 'SCANNING' });
    expect(end).toMatchObject({ state: 'FAILED', code: 'store_failed', outcomes: [] });
  });
});
