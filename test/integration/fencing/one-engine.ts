import { join } from 'node:path';
import { FileStore } from '../../../engine/artifact/index.ts';
import { type Bus, connectJetStreamBus } from '../../../engine/bus/index.ts';
import { nextState } from '../../../engine/fsm/index.ts';
import { type Clock, createLog, systemClock } from '../../../engine/kernel/index.ts';
import { type Ledger, openLedger } from '../../../engine/ledger/index.ts';
import { type Engine, type EngineOptions, startEngine } from '../../../engine/run/engine.ts';
import type { EnginePorts } from '../../../engine/run/ports.ts';
import { createReportWriter } from '../../../engine/run/report-writer.ts';
import { discoverScanners } from '../../../engine/scanner/discover.ts';
import { calmPods, standIns } from '../../simulation/stand-ins.ts';

/** How long a message may be in work before the queue gives it to somebody else, in milliseconds. */
export const ACK_WAIT = 1_000;

const SCANNERS = join(import.meta.dirname, '../../../scanners');
const hurried: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 50, signal) };

/** One of several engines on the same ledger, store and queue. */
export interface OneEngine {
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly bus: Bus;
  readonly logged: readonly string[];
  close(): Promise<void>;
}

/** Starts one over a folder and a running queue; only its pods are of the simulation. `change` puts something between the engine and its ledger or store. */
export async function startOneEngine(options: {
  readonly folder: string;
  readonly queue: { readonly url: string; readonly token: string };
  readonly node: string;
  readonly clock?: Clock;
  readonly engine?: EngineOptions;
  readonly change?: (ports: Pick<EnginePorts, 'ledger' | 'store'>) => Partial<EnginePorts>;
}): Promise<OneEngine> {
  const { folder, queue, node, clock = systemClock } = options;
  const logged: string[] = [];
  const log = createLog('info', (line) => logged.push(line));
  const ledger = openLedger({ path: join(folder, 'ledger.db'), clock: systemClock, nextState });
  const store = new FileStore(join(folder, 'store'));
  await store.prepare();
  const bus = await connectJetStreamBus({
    ...queue,
    node,
    engineId: node,
    clock: systemClock,
    log,
    ackWait: ACK_WAIT,
    onPoison: async () => {},
  });
  await bus.prepare();
  const pods = calmPods(hurried);
  const manifests = new Map((await discoverScanners(SCANNERS)).map((manifest) => [manifest.id, manifest]));
  const given = { ledger, store };
  const changed = { ...given, ...options.change?.(given) };
  const engine = await startEngine(
    {
      ...changed,
      bus,
      pods: async () => pods,
      ...standIns(),
      manifests,
      clock,
      log,
      report: createReportWriter({ ...changed, manifests, log, bus }),
      engineId: node,
      node,
    },
    options.engine,
  );
  return {
    engine,
    ledger,
    bus,
    logged,
    close: async () => {
      pods.killAll();
      await engine.stop();
      await bus.close();
      ledger.close();
    },
  };
}
