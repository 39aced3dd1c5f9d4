import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { StageflowError } from '../../kernel/index.ts';
import { cacheFolder, podmanHost, withLock } from '../host/index.ts';
import { ensureImage } from '../image/index.ts';
import { findBrowser } from './browser.ts';
import { carryOut } from './install.ts';
import { anyServerCommand, bringNatsServer, findNatsServer } from './nats-server.ts';
import { NATS_VERSION } from './nats-go.ts';
import { podSteps, processSteps } from './needs.ts';
import { asShell } from './system-packages.ts';

/** A machine on which a scan can start. */
export interface PreparedMachine {
  /** Path of a nats-server, or null when a running one was named. */
  readonly natsServer: string | null;
  /** Path of a browser of this machine, only looked for with `process` isolation. */
  readonly chromium: string | null;
  /** Name of the scanner image, which is there; null with `process` isolation. */
  readonly image: string | null;
}

/**
 * Makes the machine ready: system packages, the pods' account, nats-server and the scanner image, each named through `say` before
 * it is brought. On a ready machine it takes about 0.15 s. Safe to call from several processes at once. Throws `setup_needed`
 * (with every command to run by hand), `podman_*`, `image_missing` or `nats_missing`.
 */
export async function prepareMachine(options: {
  readonly say: (line: string) => void;
  readonly isolation: 'pod' | 'process';
  readonly env?: NodeJS.ProcessEnv;
  /** False when a queue that runs already is used. */
  readonly bringNats?: boolean;
}): Promise<PreparedMachine> {
  const { say, isolation, env = process.env, bringNats = true } = options;
  const isRoot = process.getuid?.() === 0;
  const steps = () => (process.platform !== 'linux' ? [] : isolation === 'pod' ? podSteps(isRoot) : processSteps());
  if (steps().length > 0) {
    if (env.STAGEFLOW_NO_INSTALL) await refuseAll(steps(), isRoot);
    const cache = cacheFolder(env);
    mkdirSync(cache, { recursive: true });
    await withLock(path.join(cache, 'setup.lock'), () => carryOut(steps(), say, env));
  }
  const nats = bringNats ? await bringNatsServer(say, env) : null;
  if (nats?.fitness === 'reduced') {
    say(
      `nats-server ${nats.version} means reduced durability: jobs accepted just before a power loss may have to be resumed`,
    );
  }
  const image = isolation === 'pod' ? await ensureImage(await podmanHost(), say) : null;
  const chromium = isolation === 'process' ? findBrowser() : null;
  if (isolation === 'process' && chromium === null) throw new StageflowError('setup_needed', browserHint());
  return { natsServer: nats?.path ?? null, chromium, image };
}

/** One list with everything: a person who may not install should not have to come back for the next missing part. */
async function refuseAll(steps: ReturnType<typeof podSteps>, isRoot: boolean): Promise<never> {
  const names = steps.map((step) => step.what);
  let commands = asShell(steps, isRoot);
  if ((await findNatsServer()) === null) {
    names.push(`nats-server ${NATS_VERSION}`);
    commands += ` && ${await anyServerCommand(isRoot)}`;
  }
  throw new StageflowError('setup_needed', {
    what: `Nothing is installed because STAGEFLOW_NO_INSTALL is set, and this: ${names.join('; ')}`,
    commands,
  });
}

function browserHint(): { what: string; commands: string } {
  return process.platform === 'darwin'
    ? { what: 'A browser', commands: 'brew install --cask google-chrome' }
    : { what: 'A browser', commands: 'winget install Google.Chrome' };
}
