import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Ends the server when this process closes the pipe or dies, however it dies: a killed test run must leave no server behind.
 * The shell waits on its input and holds the server as its child.
 */
const HOLD = '"$@" & server=$!; cat >/dev/null; kill -9 $server; wait $server 2>/dev/null';

/** A server of somebody else's as a child on loopback. */
export interface ServerProcess {
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
}

/** Starts a program and waits until `url` answers, whatever it answers but 503 ("not yet"). Rejects with its last words when it does not within 30 s. */
export async function startServer(
  command: readonly string[],
  options: { readonly env: Readonly<Record<string, string>>; readonly cwd: string; readonly url: string },
): Promise<ServerProcess> {
  const child = spawn('sh', ['-c', HOLD, 'sh', ...command], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: options.cwd, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-4_000);
    });
  const ended = once(child, 'close');
  const kill = async () => {
    child.stdin.end();
    await ended;
  };
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      const answer = await fetch(options.url, { signal: AbortSignal.timeout(2_000) });
      await answer.arrayBuffer();
      if (answer.status !== 503) return { kill };
    } catch {
      // Nobody listens yet.
    }
    if (Date.now() >= deadline) {
      await kill();
      throw new Error(`${command[0]} did not start: ${words}`);
    }
    await pause(20);
  }
}

/** A port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
