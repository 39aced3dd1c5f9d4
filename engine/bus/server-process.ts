import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { connect } from '@nats-io/transport-node';
import { type Clock, StageflowError } from '../kernel/index.ts';

/** The command line of a process, or null when there is none that we may see. */
export function commandLine(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\u0000', ' ');
  } catch {
    if (process.platform === 'linux') return null;
  }
  try {
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' });
  } catch {
    return null;
  }
}

/** True while `pid` is a server that was started with our own configuration file: the number alone may be another's by now. */
export function isOurServer(pid: number, configPath: string): boolean {
  return commandLine(pid)?.includes(configPath) ?? false;
}

/** A port on loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The version a binary says it has, for example `2.14.5`. */
export async function serverVersion(binary: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(binary, ['--version'], { timeout: 10_000 });
    const version = /v?(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
    if (version !== undefined) return version;
  } catch (cause) {
    throw new StageflowError('nats_missing', {}, { cause });
  }
  throw new StageflowError('nats_missing');
}

/** True when the server at `port` takes the token and has JetStream. */
export async function answers(port: number, token: string): Promise<boolean> {
  try {
    const connection = await connect({ servers: `127.0.0.1:${port}`, token, reconnect: false, timeout: 1_000 });
    const ready = connection.info?.auth_required === true && connection.info.jetstream === true;
    await connection.close();
    return ready;
  } catch {
    return false;
  }
}

/** Ends a server of ours: politely, then after `patience` milliseconds by force. Does nothing to a stranger's process. */
export async function endServer(pid: number, configPath: string, clock: Clock, patience = 5_000): Promise<void> {
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(pid, name);
    } catch {
      // It is gone already.
    }
  };
  if (!isOurServer(pid, configPath)) return;
  signal('SIGTERM');
  const until = clock.now() + patience;
  while (isOurServer(pid, configPath)) {
    if (clock.now() >= until) signal('SIGKILL');
    await clock.sleep(20);
  }
}
