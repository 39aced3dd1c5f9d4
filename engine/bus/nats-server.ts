import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Clock, type Log, StageflowError, type Timer } from '../kernel/index.ts';
import { answers, endServer, freePort, isOurServer, serverVersion } from './server-process.ts';
import { isReduced } from './server-rules.ts';

/** What a server is started with. */
export interface NatsServerOptions {
  /** Path of a `nats-server`. */
  readonly binary: string;
  /** Folder for its configuration, state file, log and store; made with mode 0700. One engine at a time uses it. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** A server on loopback that only the token's bearer may use. */
export interface NatsServer {
  /** `nats://127.0.0.1:<port>`; stays the same when the server is started again after a crash. */
  readonly url: string;
  readonly token: string;
  readonly version: string;
  /** True before 2.10: what was accepted in the last two minutes may be lost with the machine's power. */
  readonly reducedDurability: boolean;
  /** True when it had survived an earlier engine. */
  readonly adopted: boolean;
  /** The present process, or null between a crash and the next start. */
  pid(): number | null;
  /** Ends it politely, then by force, and removes what only a running server needs. */
  stop(): Promise<void>;
}

const State = z.object({
  pid: z.number().int().positive(),
  port: z.number().int().positive().max(65_535),
  token: z.string().min(32).max(200),
  version: z.string().max(40),
});
type State = z.infer<typeof State>;

const READY_WITHIN = 15_000;
const PORT_TRIES = 5;
const RESTART_DELAYS = [100, 250, 1_000, 2_000, 5_000, 10_000] as const;
/** A server that lived this long begins again with the first delay. */
const LIVED_WELL = 60_000;

function paths(directory: string) {
  const at = (name: string) => join(directory, name);
  return { config: at('nats.conf'), state: at('nats.json'), log: at('nats.log'), store: at('store') };
}

function writeSecret(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function readState(path: string): State | null {
  try {
    return State.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

function configText(port: number, token: string, version: string, at: ReturnType<typeof paths>): string {
  const quoted = (text: string) => JSON.stringify(text);
  return [
    'host: 127.0.0.1',
    `port: ${port}`,
    `log_file: ${quoted(at.log)}`,
    'logfile_size_limit: 4MB',
    'max_payload: 1MB',
    `authorization { token: ${quoted(token)} }`,
    'jetstream {',
    `  store_dir: ${quoted(at.store)}`,
    '  max_memory_store: 64MB',
    '  max_file_store: 16GB',
    // 2.9 knows no such key and would refuse to start.
    ...(isReduced(version) ? [] : ['  sync_interval: always']),
    '}',
    '',
  ].join('\n');
}

/** Starts the server, or adopts the one that an engine killed before us left behind. */
export async function startNatsServer({ binary, directory, clock, log }: NatsServerOptions): Promise<NatsServer> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const at = paths(directory);
  let child: ChildProcess | null = null;
  let pid: number | null = null;
  let startedAt = 0;
  let crashes = 0;
  let stopping = false;
  let timer: Timer | null = null;

  const left = readState(at.state);
  const adopted = left !== null && isOurServer(left.pid, at.config) && (await answers(left.port, left.token));
  if (left !== null && !adopted) await endServer(left.pid, at.config, clock);

  const version = adopted ? left.version : await serverVersion(binary);
  const token = adopted ? left.token : randomBytes(32).toString('hex');
  let port = adopted ? left.port : 0;

  /** One start on `port`; false when it ended before it answered. */
  const launch = async (): Promise<boolean> => {
    writeSecret(at.config, configText(port, token, version, at));
    // In a session of its own: Ctrl-C in a terminal must reach the engine alone, which ends the server last.
    const started = spawn(binary, ['-c', at.config], { detached: true, stdio: 'ignore' });
    const ended = new Promise<void>((resolve) => {
      started.once('exit', () => resolve());
      started.once('error', () => resolve());
    });
    started.unref();
    if (started.pid === undefined) {
      await ended;
      throw new StageflowError('nats_missing');
    }
    writeSecret(at.state, JSON.stringify({ pid: started.pid, port, token, version } satisfies State));
    const until = clock.now() + READY_WITHIN;
    while (started.exitCode === null && started.signalCode === null && clock.now() < until) {
      if (await answers(port, token)) {
        child = started;
        pid = started.pid;
        startedAt = clock.now();
        void ended.then(onExit);
        return true;
      }
      await clock.sleep(20);
    }
    await endServer(started.pid, at.config, clock);
    return false;
  };

  const onExit = () => {
    child = null;
    pid = null;
    if (stopping) return;
    if (clock.now() - startedAt > LIVED_WELL) crashes = 0;
    const delay = RESTART_DELAYS[Math.min(crashes, RESTART_DELAYS.length - 1)] as number;
    crashes += 1;
    log.warn('nats-server ended by itself and is started again', { delay, crashes });
    timer = clock.after(delay, () => {
      launch()
        .then((up) => {
          if (!up) onExit();
        })
        .catch((thrown: unknown) => {
          log.error('nats-server could not be started again', { reason: String(thrown) });
          onExit();
        });
    });
  };

  /** A server we did not start tells us nothing when it ends. */
  const watchAdopted = (its: number) => {
    timer = clock.after(1_000, () => {
      if (stopping) return;
      if (isOurServer(its, at.config)) watchAdopted(its);
      else onExit();
    });
  };

  const endWithUs = () => {
    if (pid !== null && (child !== null || isOurServer(pid, at.config))) process.kill(pid, 'SIGTERM');
  };

  if (adopted) {
    pid = left.pid;
    startedAt = clock.now();
    watchAdopted(left.pid);
    log.info('the nats-server of an earlier run was adopted', { pid });
  } else {
    let up = false;
    for (let tries = 0; tries < PORT_TRIES && !up; tries += 1) {
      port = await freePort();
      up = await launch();
    }
    if (!up) throw new StageflowError('nats_failed', { reason: `it did not start; see ${at.log}` });
  }
  if (isReduced(version)) {
    log.warn(
      `nats-server ${version} means reduced durability: jobs accepted just before a power loss may have to be resumed`,
    );
  }
  process.once('exit', endWithUs);

  return {
    url: `nats://127.0.0.1:${port}`,
    token,
    version,
    reducedDurability: isReduced(version),
    adopted,
    pid: () => pid,
    async stop() {
      stopping = true;
      timer?.cancel();
      process.off('exit', endWithUs);
      const recorded = readState(at.state)?.pid ?? null;
      if (recorded !== null) await endServer(recorded, at.config, clock);
      rmSync(at.state, { force: true });
      rmSync(at.config, { force: true });
    },
  };
}
