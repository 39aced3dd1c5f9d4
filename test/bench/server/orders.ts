import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** What the server under measurement can be told to do. */
export type Order =
  | { readonly do: 'publish'; readonly perSecond: number; readonly seconds: number }
  /** Resident and heap MiB after a collection. */
  | { readonly do: 'memory' }
  | { readonly do: 'watch' }
  /** Largest resident MiB since `watch`. */
  | { readonly do: 'peak' }
  /** Acknowledged publishes a second, `width` in flight. */
  | { readonly do: 'raw'; readonly count: number; readonly width: number }
  /** Jobs and, beside, events a second, `width` jobs at a time. */
  | { readonly do: 'lifecycles'; readonly jobs: number; readonly width: number }
  | { readonly do: 'end' };

/** What came of it. */
export interface Seen {
  readonly figure: number;
  readonly other: number;
}

/** The server's process. */
export interface Target {
  readonly port: number;
  readonly token: string;
  tell(order: Order): Promise<Seen>;
  /** Ends it and waits until it is gone. */
  end(): Promise<void>;
}

type Word =
  | { readonly ready: { readonly port: number; readonly token: string } }
  | { readonly seen: Seen }
  | { readonly failed: string };

function nextWord(child: ChildProcess): Promise<Word> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('the server under measurement ended'));
    child.once('exit', onExit);
    child.once('message', (word) => {
      child.off('exit', onExit);
      resolve(word as Word);
    });
  });
}

const COMPILED = join(process.env.STAGEFLOW_CACHE ?? join(import.meta.dirname, '../../../.cache'), 'compile');

/** Starts the server that is measured. */
export async function startTarget(): Promise<Target> {
  // As the launcher starts every command: with a cache, so that the compiler of types is not loaded, and a small young generation.
  const env = { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? COMPILED };
  const child = fork(join(import.meta.dirname, 'bench-server.ts'), {
    execArgv: ['--expose-gc', '--max-semi-space-size=4'],
    env,
  });
  const word = await nextWord(child);
  if (!('ready' in word)) throw new Error('the server under measurement did not begin');
  const tell = async (order: Order): Promise<Seen> => {
    const answer = nextWord(child);
    child.send(order);
    const came = await answer;
    if (!('seen' in came)) throw new Error('failed' in came ? came.failed : 'an unexpected word');
    return came.seen;
  };
  return {
    ...word.ready,
    tell,
    end: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      await tell({ do: 'end' });
      await gone;
    },
  };
}

/** The value below which a share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** One line of the table. */
export type Row = readonly [what: string, seen: string, aim: string];
