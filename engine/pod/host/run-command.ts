import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A program to start: nothing is passed through a shell, and `env` is the whole environment it gets. */
export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A folder the program's user may enter; rootless Podman stops when it cannot enter its working folder. */
  readonly cwd: string;
}

/** How a program ended. */
export interface CommandResult {
  /** Exit code; 127 when it could not be started, 137 when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Output kept of one stream, in characters; a runaway program must not fill our memory. */
const KEPT = 4 * 1024 * 1024;

/**
 * Runs a program to its end. Never rejects for the program's own failure; `input` is fed to its stdin, `onLine` gets each line of
 * stdout and stderr as it comes, and after `timeoutMs` it is killed.
 */
export async function runCommand(
  command: CommandLine,
  options: {
    readonly input?: Readable | string | Buffer;
    readonly timeoutMs?: number;
    readonly onLine?: (line: string) => void;
  } = {},
): Promise<CommandResult> {
  const child = spawn(command.file, [...command.args], {
    cwd: command.cwd,
    env: command.env as NodeJS.ProcessEnv,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    let partial = '';
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      if (output[name].length < KEPT) output[name] += text;
      if (options.onLine === undefined) return;
      const lines = (partial + text).split(/[\r\n]+/);
      partial = (lines.pop() ?? '').slice(-4096);
      for (const line of lines) if (line !== '') options.onLine(line);
    });
  }
  const timer = options.timeoutMs === undefined ? null : setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
  const fed =
    options.input === undefined || child.stdin === null
      ? Promise.resolve()
      : pipeline(Readable.from(options.input), child.stdin).catch(() => undefined);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    await fed;
    return { code: code ?? 137, ...output };
  } catch (error) {
    return { code: 127, stdout: '', stderr: error instanceof Error ? error.message : String(error) };
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}

/** Runs two programs, the first one's stdout feeding the second one's stdin, as `a | b` does; the first failure is the answer. */
export async function runPiped(
  producer: CommandLine,
  consumer: CommandLine,
  options: { readonly timeoutMs?: number; readonly onLine?: (line: string) => void } = {},
): Promise<CommandResult> {
  const child = spawn(producer.file, [...producer.args], {
    cwd: producer.cwd,
    env: producer.env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-KEPT);
  });
  const closed = once(child, 'close').then(
    ([code]) => (code as number | null) ?? 137,
    (error: Error) => {
      stderr += error.message;
      return 127;
    },
  );
  const consumed = await runCommand(consumer, { ...options, input: child.stdout });
  if (consumed.code !== 0) child.kill();
  const code = await closed;
  return code !== 0 && consumed.code === 0
    ? { code, stdout: '', stderr }
    : { ...consumed, stderr: stderr + consumed.stderr };
}

/** True when the program ends with code 0. */
export async function runOk(command: CommandLine, timeoutMs = 10_000): Promise<boolean> {
  return (await runCommand(command, { timeoutMs })).code === 0;
}
