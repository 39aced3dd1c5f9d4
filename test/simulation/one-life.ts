import { createMemoryBroker, createMemoryBus } from '../../engine/bus/index.ts';
import type { ArtifactStore } from '../../engine/artifact/index.ts';
import type { JobSpec } from '../../engine/event/index.ts';
import { nextState } from '../../engine/fsm/index.ts';
import { silentLog } from '../../engine/kernel/index.ts';
import { type Ledger, openLedger } from '../../engine/ledger/index.ts';
import { type Engine, startEngine } from '../../engine/run/engine.ts';
import type { EnginePorts } from '../../engine/run/ports.ts';
import type { SecretFolder } from '../../engine/run/secrets.ts';
import { specOf } from '../conformance/events.ts';
import { createBuggify } from './buggify.ts';
import { createFakePods } from './fake-pods.ts';
import { createMemoryStore } from './memory-store.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import { simulatedScanner, standIns } from './stand-ins.ts';

export const JOB = '01sjm000000000000000000000';
const CALM = { crash: 0, freeze: 0, repeat: 0, refuse: 0, cellFails: 0 };
const NONE = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };
const AXE = simulatedScanner('axe');

/** An engine without failings of its own, whose store and login details are the test's. */
export interface Life {
  readonly clock: VirtualClock;
  readonly ledger: Ledger;
  readonly engine: Engine;
  readonly store: ReturnType<typeof createMemoryStore>;
  readonly spec: (kind: 'zip' | 'urls') => JobSpec;
}

/** Starts an engine in memory. `store` may change the store's answers; `prepare` sees the ledger before the engine does. */
export async function startLife(options: {
  readonly secrets?: SecretFolder;
  readonly broken?: () => boolean;
  readonly store?: (store: ArtifactStore) => ArtifactStore;
  readonly prepare?: (ledger: Ledger) => void;
}): Promise<Life> {
  const clock = createVirtualClock();
  const ledger = openLedger({ path: ':memory:', clock, nextState });
  options.prepare?.(ledger);
  const memory = createMemoryStore(options.broken ?? (() => false));
  const store = options.store?.(memory) ?? memory;
  const quiet = { lostAck: 0, forgottenId: 0, storedTimeout: 0, lostPublish: 0, doubleDelivery: 0 };
  const broker = createMemoryBroker(clock, 1, { ...quiet, forgottenCount: 0, reorder: 0, delay: 1 });
  const bus = createMemoryBus(broker, {
    node: 'main',
    engineId: 'e1',
    clock,
    log: silentLog,
    onPoison: async () => {},
  });
  await bus.prepare();
  const pods = createFakePods({
    clock,
    random: () => 0.5,
    buggify: createBuggify(() => 0.5, new Map()),
    failings: CALM,
    finished: () => false,
    links: () => [],
  });
  const ports: EnginePorts = {
    ledger,
    bus,
    store,
    pods: async () => pods,
    ...standIns(),
    secrets: options.secrets ?? { put: () => {}, get: () => null, remove: () => {}, jobs: () => [] },
    manifests: new Map([['axe', AXE]]),
    clock,
    log: silentLog,
    report: async ({ id: jobId }) => {
      const report = await store.put('scanner-artifacts', `${jobId}/report.json`, Buffer.from('{}'));
      const html = await store.put('scanner-artifacts', `${jobId}/report.html`, Buffer.from('<!doctype html>'));
      return { report, html, verdict: 'complete', trustworthy: true, code: null, about: null, counts: NONE };
    },
    engineId: 'e1',
    node: 'main',
  };
  const engine = await startEngine(ports);
  return {
    clock,
    ledger,
    engine,
    store: memory,
    spec: (kind) => ({ ...specOf(kind), modules: [{ id: 'axe', options: {} }] }),
  };
}
