import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStore } from '../../../engine/artifact/index.ts';
import { connectJetStreamBus, startNatsServer, type NatsServer } from '../../../engine/bus/index.ts';
import { nextState } from '../../../engine/fsm/index.ts';
import { type Clock, silentLog, systemClock } from '../../../engine/kernel/index.ts';
import { type Ledger, openLedger } from '../../../engine/ledger/index.ts';
import { type Engine, startEngine } from '../../../engine/run/engine.ts';
import { discoverScanners } from '../../../engine/scanner/discover.ts';
import { createApp } from '../../../server/app.ts';
import { hashSecret, newTokenText } from '../../../server/auth/principal.ts';
import { ServerConfig } from '../../../server/config.ts';
import { listen } from '../../../server/listen/listen.ts';
import { natsBinary } from '../../conformance/nats-binary.ts';
import { calmPods, emptyReport, standIns } from '../../simulation/stand-ins.ts';

const SCANNERS = join(import.meta.dirname, '../../../scanners');
/** Pods that lose no time: what is left is the engine's own. Their heartbeats keep the real clock, or they would never rest. */
const HASTE_BELOW_MS = 1000;
const hasty: Clock = {
  ...systemClock,
  sleep: (ms, signal) =>
    ms >= HASTE_BELOW_MS ? systemClock.sleep(ms, signal) : new Promise((resolve) => setImmediate(resolve)),
};

/** A server as it runs in production (TCP, ledger on disk with full synchronisation, JetStream), but for its pods and its limits. */
export interface World {
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly nats: NatsServer;
  readonly port: number;
  /** A token that may do everything. */
  readonly token: string;
  close(): Promise<void>;
}

/** Starts one in a folder that vanishes with it. */
export async function startWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'stageflow-bench-server-'));
  const clock = systemClock;
  const log = silentLog;
  const ledger = openLedger({ path: join(folder, 'ledger.db'), clock, nextState });
  const store = new FileStore(join(folder, 'store'));
  await store.prepare();
  const nats = await startNatsServer({ binary: natsBinary(), directory: join(folder, 'nats'), clock, log });
  const bus = await connectJetStreamBus({
    url: nats.url,
    token: nats.token,
    node: 'main',
    engineId: 'bench',
    clock,
    log,
    onPoison: (event) => engine.poisoned(event),
  });
  await bus.prepare();
  const pods = calmPods(hasty);
  const manifests = new Map((await discoverScanners(SCANNERS)).map((manifest) => [manifest.id, manifest]));
  const engine = await startEngine({
    ledger,
    bus,
    store,
    pods: async () => pods,
    ...standIns(),
    manifests,
    clock,
    log,
    report: emptyReport(store),
    engineId: 'bench',
    node: 'main',
  });
  const config = ServerConfig.parse({
    port: 0,
    requestsPerMinute: 10_000_000,
    queuedJobs: 10_000,
    streamsPerToken: 10_000,
    bytesPerDay: 2 ** 50,
  });
  const app = createApp({ engine, manifests, config, clock, log, pressure: () => null });
  const listener = await listen({
    app,
    config,
    clock,
    log,
    limits: { connectionsPerAddress: 10_000, connections: 10_000 },
  });
  const token = newTokenText();
  ledger.service.tokens.add(
    { id: 'bench', name: 'bench', tenant: 'bench', scopes: ['submit', 'read', 'admin'], expiresAt: null },
    hashSecret(token),
  );
  return {
    engine,
    ledger,
    nats,
    port: listener.port,
    token,
    close: async () => {
      await listener.close(0);
      pods.killAll();
      await engine.stop();
      await bus.close();
      await nats.stop();
      ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
