import { readFileSync } from 'node:fs';
import type { Log } from '@stageflow/engine/kernel';
import { systemClock } from '@stageflow/engine/kernel';
import { bringNatsServer } from '@stageflow/engine/preflight';
import { createApp } from '../../server/app.ts';
import { namedQueue } from '../../server/cli/machine.ts';
import { s3Settings } from '../../server/cli/store.ts';
import { readConfig } from '../../server/config-env.ts';
import { withOwnerRoutes } from '../../server/local/owner-routes.ts';
import { serveOwner } from '../../server/local/own-door.ts';
import { openServices } from '../../server/open-services.ts';
import { ownPlaces } from '../../server/own-places.ts';
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
  const { config: set } = readConfig(env, (path) => readFileSync(path, 'utf8'));
  const config = { ...set, ...OF_ONE_PERSON, publicUrl: null };
  const s3 = s3Settings();
  const opened = await openServices({
    folder,
    natsServer: namedQueue(env) ?? (await bringNatsServer(say)).path,
    say,
    ownPlaces: ownPlaces(config, s3, () => null),
    config,
    s3,
    clock: systemClock,
    log,
    onLost,
  });
  const { engine, services } = opened;
  try {
    const open = createApp(services);
    const owner = await serveOwner(open, engine, null);
    const app = withOwnerRoutes(open, engine, null);
    opened.undo(() => owner?.close());
    return {
      borrowed: false,
      fetch: (request) => app.fetch(request, { address: null, owner: true }),
      close: async (graceSeconds) => {
        await opened.stop(graceSeconds);
        await opened.close();
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
