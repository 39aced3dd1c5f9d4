import { readFileSync } from 'node:fs';
import { defaultDataFolder } from '@stageflow/engine';
import { allowBrowserUploads, createUploadSigner } from '@stageflow/engine/artifact';
import { EXIT, systemClock } from '@stageflow/engine/kernel';
import { prepareMachine } from '@stageflow/engine/preflight';
import { createApp } from '../app.ts';
import { readConfig } from '../config-env.ts';
import { listen } from '../listen/listen.ts';
import { assertSafeBinding } from '../listen/safe-binding.ts';
import { assertDurable } from '../ops/durability.ts';
import { firstSignIn, firstToken, forgetFirstSignIn, isKept } from '../ops/first-token.ts';
import { createMetrics } from '../ops/metrics.ts';
import { listenForMetrics } from '../ops/metrics-port.ts';
import { serverLog } from '../ops/server-log.ts';
import { serveOwner } from '../local/own-door.ts';
import { openServices } from '../open-services.ts';
import { ownPlaces } from '../own-places.ts';
import type { Services } from '../services.ts';
import { liveOf } from '../sse/live.ts';
import { startWebhooks } from '../webhook/webhooks.ts';
import { warmWebApp } from '../web/routes.ts';
import { namedQueue } from './machine.ts';
import { s3Settings, storeAt } from './store.ts';

/** How long answers that are on their way may take once the server stops. */
const LAST_ANSWERS_MS = 5_000;

/** `./stageflow server`: the engine behind HTTP until a signal ends it. The second signal ends it at once. */
export async function serverCommand(
  options: { readonly newToken?: boolean; readonly allowReducedDurability?: boolean },
  signal: AbortSignal,
): Promise<number> {
  const { env } = process;
  const clock = systemClock;
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const readText = (path: string) => readFileSync(path, 'utf8');
  const { config, warnings } = readConfig(env, readText);
  for (const warning of warnings) say(`Warning: ${warning}`);
  assertSafeBinding(config);
  const s3 = s3Settings();
  const log = serverLog(env);
  const metrics = createMetrics(clock);
  const queue = namedQueue(env);
  const machine = await prepareMachine({ say, isolation: 'pod', bringNats: queue === null });
  const lost = new AbortController();
  let listening: number | null = null;
  const folder = defaultDataFolder(env);
  const own = ownPlaces(config, s3, () => listening);
  const opened = await openServices({
    folder,
    natsServer: queue ?? machine.natsServer ?? '',
    say,
    ownPlaces: own,
    config,
    s3,
    clock,
    log,
    store: (folder) => metrics.timed(storeAt(folder.store)),
    onPodStart: metrics.podStarted,
    warmPods: config.warmPods,
    inspect: ({ queue }) =>
      assertDurable(queue.facts, config.allowReducedDurability || options.allowReducedDurability === true),
    onRound: metrics.round,
    onLost: (reason) => {
      log.error('the queue is lost', { reason });
      lost.abort();
    },
  });
  const { engine } = opened;
  try {
    opened.undo(metrics.follow(engine.ledger));
    const webhooks = startWebhooks({ ledger: engine.ledger, config, own, clock, log });
    opened.undo(() => webhooks.stop());
    let uploadOrigin: string | null = null;
    const services: Services = {
      ...opened.services,
      metrics: metrics.page,
      onAnswered: metrics.answered,
      onSignedIn: (tokenId) => forgetFirstSignIn(engine.ledger, tokenId, folder),
      onDeliveriesAdded: webhooks.wake,
      uploadOrigin: () => uploadOrigin,
      uploadSigner: s3 === null ? null : createUploadSigner(s3, clock),
    };
    metrics.streamsFrom(() => liveOf(services).hub.open);
    const app = createApp(services);
    warmWebApp();
    const listener = await listen({ app, config, clock, log });
    listening = listener.port;
    opened.undo(() => listener.close(LAST_ANSWERS_MS));
    if (config.metricsPort !== 0) {
      const scraped = await listenForMetrics(config.metricsPort, metrics.page);
      opened.undo(() => scraped.close());
    }

    const address = config.publicUrl?.replace(/\/$/, '') ?? `http://127.0.0.1:${listener.port}`;
    if (s3 !== null) {
      if (await allowBrowserUploads(s3, new URL(address).origin)) uploadOrigin = new URL(s3.publicUrl).origin;
      else if (s3.upload !== null)
        say('The object store takes no uploads from browsers: archives of people go through this server.');
    }
    const owner = await serveOwner(app, engine, address);
    opened.undo(() => owner?.close());
    say(`Stageflow listens on ${config.host}:${listener.port}; open ${address}`);
    const token = firstToken(engine.ledger, options.newToken === true);
    if (token !== null) {
      say(firstSignIn(`${address}/signin#${token}`, isKept(env, process.stderr) ? { folder } : null));
    }

    await ended(AbortSignal.any([signal, lost.signal]));
    say('Stopping: no new work is taken; press Ctrl-C again to end at once.');
    for (const again of ['SIGTERM', 'SIGINT'] as const) process.on(again, () => process.exit(EXIT.interrupted));
    // Readers are served, and told that nothing new is taken, while the cells in hand end.
    await opened.stop(config.graceSeconds);
    await listener.close(LAST_ANSWERS_MS);
    return lost.signal.aborted ? EXIT.environment : EXIT.pass;
  } finally {
    await opened.close();
  }
}

function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
