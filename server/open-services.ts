import { readFileSync } from 'node:fs';
import { type LocalEngine, type LocalEngineOptions, openLocalEngine } from '@stageflow/engine';
import { createShareSigner, type S3Settings } from '@stageflow/engine/artifact';
import type { Clock, Log } from '@stageflow/engine/kernel';
import { SCANNERS } from './cli/machine.ts';
import { KEPT_DAYS } from './cli/old-jobs.ts';
import { storeAt } from './cli/store.ts';
import { testTrust } from './cli/test-trust.ts';
import type { ServerConfig } from './config.ts';
import { modelSettings } from './model-settings.ts';
import { canariesOf, startCanaries } from './ops/canary.ts';
import { pressureOf } from './ops/health.ts';
import { assertNarrowShareKey } from './ops/share-key.ts';
import { startSweeps } from './ops/sweeps.ts';
import type { Services } from './services.ts';

/** What the two front doors, the `server` command and the desktop's window, ask for alike. */
export interface ServicesOptions
  extends Pick<
    LocalEngineOptions,
    'folder' | 'natsServer' | 'say' | 'ownPlaces' | 'onLost' | 'onPodStart' | 'warmPods'
  > {
  readonly config: ServerConfig;
  readonly s3: S3Settings | null;
  readonly clock: Clock;
  readonly log: Log;
  /** Where artifacts go; the store of this machine by default. */
  readonly store?: LocalEngineOptions['store'];
  /** Looks at the engine before anybody may use it; what it throws ends the start. */
  readonly inspect?: (engine: LocalEngine) => void;
  /** Told after each round of the canaries. */
  readonly onRound?: Parameters<typeof startCanaries>[0]['onRound'];
}

/** A running engine that is watched and swept, and what the app in front of it works with. */
export interface OpenServices {
  readonly engine: LocalEngine;
  readonly services: Services;
  /** Adds what is to be given back before all that was there already. */
  undo(step: () => void | Promise<void>): void;
  /** Takes no new work and lets the cells in hand end, for so long. */
  stop(graceSeconds: number): Promise<void>;
  /** Gives everything back, the engine last. Never throws. */
  close(): Promise<void>;
}

/** Opens the engine and all that runs beside it. When a part of it fails, nothing is left behind. */
export async function openServices(options: ServicesOptions): Promise<OpenServices> {
  const { config, s3, clock, log, inspect, onRound, ...given } = options;
  const engine = await openLocalEngine({
    store: (folder) => storeAt(folder.store),
    ...given,
    scanners: SCANNERS,
    surroundings: { testTrust: testTrust(), chromium: null },
    model: modelSettings(process.env, (path) => readFileSync(path, 'utf8')),
    node: process.env.STAGEFLOW_NODE ?? 'main',
    log,
    clock,
    engine: { recover: true, maxConcurrentJobs: config.runningJobs, maxPerTenant: config.runningPerTenant },
    stagingDays: config.stagingDays,
    streams: { days: config.streamDays, bytes: config.streamBytes },
  });
  const steps: (() => void | Promise<void>)[] = [() => engine.close()];
  const close = async () => {
    for (const step of steps.splice(0).toReversed()) {
      try {
        await step();
      } catch (error) {
        log.warn('a part of the engine did not end as it should', { error });
      }
    }
  };
  try {
    inspect?.(engine);
    if (s3 !== null) await assertNarrowShareKey(s3);
    // What a dead engine had in flight was never answered: whoever asked tries again.
    engine.ledger.service.idempotency.releaseAll();
    const closing = new AbortController();
    const watch = await startCanaries({
      canaries: canariesOf(engine, clock),
      clock,
      log,
      stopping: closing.signal,
      restartQueue: engine.queue.restart,
      ...(onRound ? { onRound } : {}),
    });
    steps.push(() => watch.stop());
    engine.ledger.setSetting(KEPT_DAYS, String(config.jobDays));
    steps.push(startSweeps({ engine, config, clock, log }));
    const services: Services = {
      engine,
      manifests: engine.manifests,
      config,
      clock,
      log,
      pressure: () => pressureOf(watch.health()),
      closing: closing.signal,
      health: () => watch.health(),
      shareSigner: s3 === null ? null : createShareSigner(s3, clock),
    };
    return {
      engine,
      services,
      undo: (step) => steps.push(step),
      stop: (graceSeconds) => {
        closing.abort();
        watch.stop();
        return engine.stop({ graceSeconds });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
