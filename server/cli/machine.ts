import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultDataFolder, type LocalEngine, openLocalEngine } from '@stageflow/engine';
import { createLog, type Log, type LogLevel, silentLog, StageflowError } from '@stageflow/engine/kernel';
import { prepareMachine } from '@stageflow/engine/preflight';
import { readConfig } from '../config-env.ts';
import { modelSettings } from '../model-settings.ts';
import { ownPlaces } from '../own-places.ts';
import { s3Settings, storeAt } from './store.ts';
import { testTrust } from './test-trust.ts';

/** Folder of the scanners beside this program. */
export const SCANNERS = join(import.meta.dirname, '../../scanners');

/** The log that STAGEFLOW_LOG asks for (`debug`, `info`, `warn`, `error`), on stderr; silent otherwise. */
export function machineLog(env: NodeJS.ProcessEnv = process.env): Log {
  const level = env.STAGEFLOW_LOG;
  if (level === undefined || !['debug', 'info', 'warn', 'error'].includes(level)) return silentLog;
  return createLog(level as LogLevel, (line) => process.stderr.write(`${line}\n`));
}

/** The queue that STAGEFLOW_NATS_URL names, with the token of STAGEFLOW_NATS_TOKEN or the file of STAGEFLOW_NATS_TOKEN_FILE; null when ours is to be run. */
export function namedQueue(env: NodeJS.ProcessEnv): { readonly url: string; readonly token: string } | null {
  const url = env.STAGEFLOW_NATS_URL;
  if (!url) return null;
  const file = env.STAGEFLOW_NATS_TOKEN_FILE;
  try {
    const token = env.STAGEFLOW_NATS_TOKEN ?? (file === undefined ? '' : readFileSync(file, 'utf8').trim());
    if (token !== '') return { url, token };
  } catch {
    // Told below: a file that cannot be read is a token that is missing.
  }
  throw new StageflowError('nats_unsafe', {
    url: URL.canParse(url) ? new URL(url).host : url,
    reason: 'no token was given for it in STAGEFLOW_NATS_TOKEN or STAGEFLOW_NATS_TOKEN_FILE',
  });
}

/** Sets up the machine where needed (naming each thing first) and opens this person's engine on it. */
export async function openMachineEngine(options: {
  readonly isolation: 'pod' | 'process';
  readonly say: (line: string) => void;
}): Promise<LocalEngine> {
  const { env } = process;
  const log = machineLog(env);
  const queue = namedQueue(env);
  const machine = await prepareMachine({ say: options.say, isolation: options.isolation, bringNats: queue === null });
  // Of the server's settings only what is true of the machine: a scan must not fail for a port that it does not open.
  const { STAGEFLOW_OWN_ADDRESSES } = env;
  const { config } = readConfig({ STAGEFLOW_OWN_ADDRESSES }, (path) => readFileSync(path, 'utf8'));
  return openLocalEngine({
    folder: defaultDataFolder(env),
    store: (folder) => storeAt(folder.store),
    ownPlaces: ownPlaces(config, s3Settings(), () => null),
    model: modelSettings(env, (path) => readFileSync(path, 'utf8')),
    scanners: SCANNERS,
    natsServer: queue ?? machine.natsServer ?? '',
    coming: { isolation: options.isolation, image: machine.image },
    say: options.say,
    surroundings: { testTrust: testTrust(), chromium: options.isolation === 'process' ? machine.chromium : null },
    node: env.STAGEFLOW_NODE ?? 'main',
    log,
  });
}
