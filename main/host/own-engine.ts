import { readFileSync } from 'node:fs';
import { openLocalEngine } from '@stageflow/engine';
import { createShareSigner } from '@stageflow/engine/artifact';
import type { Log } from '@stageflow/engine/kernel';
import { systemClock } from '@stageflow/engine/kernel';
import { bringNatsServer } from '@stageflow/engine/preflight';
import { createApp } from '../../server/app.ts';
import { namedQueue, SCANNERS } from '../../server/cli/machine.ts';
import { KEPT_DAYS } from '../../server/cli/old-jobs.ts';
import { s3Settings, storeAt } from '../../server/cli/store.ts';
import { testTrust } from '../../server/cli/test-trust.ts';
import { readConfig } from '../../server/config-env.ts';
import { withOwnerRoutes } from '../../server/local/owner-routes.ts';
import { serveOwner } from '../../server/local/own-door.ts';
import { canariesOf, startCanaries } from '../../server/ops/canary.ts';
import { pressureOf } from '../../server/ops/health.ts';
import { assertNarrowShareKey } from '../../server/ops/share-key.ts';
import { startSweeps } from '../../server/ops/sweeps.ts';
import { ownPlaces } from '../../server/own-places.ts';
import type { Services } from '../../server/services.ts';
import type { HostedApp } from './hosted-app.ts';

/** One person at one window: nobody is kept off by how often they ask. No pod stands ready, which would cost 350 MiB while nothing is scanned. */
const OF_ONE_PERSON = { requestsPerMinute: 100_000, streamsPerToken: 100, warmPods: 0 } as const;

/**
 * Opens this person's engine in this process, with the app in front of it. Podman may be missing: the app then says so and takes no new work
 * until it is there. Throws `data_folder_busy`, `nats_missing`, `setup_needed` and what else keeps an engine from starting.
 */
export async function openOwnEngine(options: {
  readonly folder: string;
  readonly say: (line: string) => void;
  readonly log: Log;
  readonly onLost: (reason: string) => void;
}): Promise<HostedApp> {
  const { folder, say, log, onLost } = options;
  const { env } = process;
  const clock = systemClock;
  const { config: set } = readConfig(env, (path) => readFileSync(path, 'utf8'));
  const config = { ...set, ...OF_ONE_PERSON, publicUrl: null };
  const queue = namedQueue(env);
  const s3 = s3Settings();
  const engine = await openLocalEngine({
    folder,
    scanners: SCANNERS,
    natsServer: queue ?? (await bringNatsServer(say)).path,
    say,
    ownPlaces: ownPlaces(config, s3, () => null),
    surroundings: { testTrust: testTrust(), chromium: null },
    node: env.STAGEFLOW_NODE ?? 'main',
    log,
    clock,
    engine: { recover: true, maxConcurrentJobs: config.runningJobs },
    store: (folder) => storeAt(folder.store),
    stagingDays: config.stagingDays,
    streams: { days: config.streamDays, bytes: config.streamBytes },
    onLost,
  });
  const undo: (() => void | Promise<void>)[] = [() => engine.close()];
  const unwind = async () => {
    for (const step of undo.splice(0).toReversed()) {
      try {
        await step();
      } catch (error) {
        log.warn('a part of the engine did not end as it should', { error });
      }
    }
  };
  try {
    if (s3 !== null) await assertNarrowShareKey(s3);
    // What a dead engine had in flight was never answered: its window tries again.
    engine.ledger.service.idempotency.releaseAll();
    const closing = new AbortController();
    const watch = await startCanaries({
      canaries: canariesOf(engine, clock),
      clock,
      log,
      stopping: closing.signal,
      restartQueue: engine.queue.restart,
    });
    undo.push(() => watch.stop());
    engine.ledger.setSetting(KEPT_DAYS, String(config.jobDays));
    undo.push(startSweeps({ engine, config, clock, log }));
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
    const open = createApp(services);
    const owner = await serveOwner(open, engine, null);
    const app = withOwnerRoutes(open, engine, null);
    undo.push(() => owner?.close());
    return {
      borrowed: false,
      fetch: (request) => app.fetch(request, { address: null, owner: true }),
      close: async (graceSeconds) => {
        closing.abort();
        watch.stop();
        await engine.stop({ graceSeconds });
        await unwind();
      },
    };
  } catch (error) {
    await unwind();
    throw error;
  }
}
