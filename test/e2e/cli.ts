import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nextState } from '../../engine/fsm/index.ts';
import { systemClock } from '../../engine/kernel/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';

/** The repository under test. */
export const ROOT = join(import.meta.dirname, '../..');
/** A site of `test/sites`. */
export const site = (name: string): string => join(ROOT, 'test/sites', name);

/** What one run of the command line gave. */
export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run that goes on. */
export interface CliRun {
  readonly child: ChildProcess;
  readonly done: Promise<CliResult>;
  /** Resolves with the first line of stderr that matches; rejects when the run ends without one. */
  line(pattern: RegExp): Promise<string>;
}

/** A data folder of its own, removed by `dispose`. */
export function createHome(): { readonly path: string; dispose(): void } {
  const path = mkdtempSync(join(tmpdir(), 'stageflow-home-'));
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts the command line as the launcher does, in a data folder of its own. */
export function startCli(
  args: readonly string[],
  options: { home: string; cwd?: string; env?: Record<string, string> },
): CliRun {
  const trusting =
    options.env?.STAGEFLOW_TEST_TRUST === undefined ? [] : ['--import', join(ROOT, 'test/e2e/support/trusting.ts')];
  const child = spawn(process.execPath, [...trusting, join(ROOT, 'server/cli/index.ts'), ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, CI: '1', STAGEFLOW_HOME: options.home, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiters = new Set<{ pattern: RegExp; resolve(line: string): void; reject(error: Error): void }>();
  const look = () => {
    for (const waiter of waiters) {
      const found = stderr.split('\n').find((text) => waiter.pattern.test(text));
      if (found === undefined) continue;
      waiters.delete(waiter);
      waiter.resolve(found);
    }
  };
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    look();
  });
  const done = new Promise<CliResult>((resolve) => {
    child.on('close', (code, signal) => {
      for (const waiter of waiters)
        waiter.reject(
          new Error(`the run ended (${code ?? signal}) without ${waiter.pattern}:\n${stderr.slice(-3000)}`),
        );
      resolve({ code, signal, stdout, stderr });
    });
  });
  return {
    child,
    done,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        waiters.add({ pattern, resolve, reject });
        look();
      }),
  };
}

/** Runs the command line to its end. */
export function cli(
  args: readonly string[],
  options: { home: string; cwd?: string; env?: Record<string, string> },
): Promise<CliResult> {
  return startCli(args, options).done;
}

/** Processes of this machine whose command line matches: what a run may not leave behind. */
export function processes(pattern: RegExp): { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return pattern.test(command) ? [{ pid: Number(name), command }] : [];
      } catch {
        return [];
      }
    });
}

/** Ids of the jobs of a data folder. */
export function jobIds(home: string): string[] {
  const path = join(home, 'ledger.db');
  if (!existsSync(path)) return [];
  const ledger = openLedger({ path, clock: systemClock, nextState });
  const ids = ledger.jobs().map((job) => job.id);
  ledger.close();
  return ids;
}

/** What a data folder's engine has left running or lying about: its queue server, the pods of its jobs, temporary files. Other engines' parts are theirs. */
export function leftovers(home: string): string[] {
  const names = [`nats-server.*${home}`, ...jobIds(home).map((id) => `stageflow-${id}`)];
  const running = processes(new RegExp(names.join('|'))).map((p) => p.command.slice(0, 160));
  const temporary = join(home, 'tmp');
  const files = existsSync(temporary) ? readdirSync(temporary).map((name) => `tmp/${name}`) : [];
  const locks = existsSync(join(home, 'engine.lock')) ? ['engine.lock'] : [];
  return [...running, ...files, ...locks];
}
