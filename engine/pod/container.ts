import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex, Readable } from 'node:stream';
import type { Log } from '../kernel/index.ts';
import { serveChannel } from './channel/index.ts';
import type { ArtifactBudget } from './channel/index.ts';
import type { ChannelHandlers, ExitReport, Role, RunningContainer } from './runtime.ts';
import { tailOf } from './stderr-tail.ts';
import { watchMonitor } from './monitor.ts';
import { watchMemory } from './watch.ts';
import type { MemoryWatch } from './watch.ts';

/** A started process that is to become a container of a job. */
export interface ContainerProcess {
  readonly role: Role;
  readonly child: ChildProcess;
  /** The byte stream of its channel. */
  readonly stdio: Duplex;
  /** Where its prints go. */
  readonly output: readonly (Readable | null)[];
  /** Ends it from outside; called again while it lives. */
  readonly strike: () => Promise<void>;
  /** What to watch when nothing else keeps its memory bounded; null where the kernel does. */
  readonly watch: Omit<MemoryWatch, 'exceeded'> | null;
  /** File with the process id of what waits for the container on Podman's behalf; null where there is none. */
  readonly monitorFile: string | null;
  /** True when exit code 137 can only mean that the kernel ended it for memory. */
  readonly kernelLimits: boolean;
}

/** A process whose channel has closed ends by itself at once; if it (or the Podman that waits for it) does not, it is ended after this long. */
const GOODBYE = 3_000;
const STRIKES = 5;
const STRIKE_EVERY = 2_000;
/** After a process has ended its pipes may be held by a child of its own; what it printed is not waited for longer than this. */
const LAST_WORDS = 500;

interface State {
  /** Somebody asked for its end. */
  asked: boolean;
  /** It was ended although nobody asked. */
  struck: boolean;
  /** Its monitor was gone when it was ended. */
  lost: boolean;
  over: boolean;
  failure: ExitReport['failure'];
}

/** Serves a process's channel and turns its end, whatever caused it, into one report. */
export function runContainer(
  process: ContainerProcess,
  handlers: ChannelHandlers,
  budget: ArtifactBudget,
  log: Log,
): RunningContainer {
  const { role, child } = process;
  const stderr = tailOf(process.output);
  const state: State = { asked: false, struck: false, lost: false, over: false, failure: undefined };

  const strikeDown = async () => {
    for (let i = 0; i < STRIKES && !state.over; i++) {
      await process.strike();
      await Promise.race([exited, delay(STRIKE_EVERY)]);
    }
    if (!state.over) child.kill('SIGKILL');
    await exited;
  };
  const fail = (failure: NonNullable<ExitReport['failure']>) => {
    if (state.over || state.asked || state.failure !== undefined) return;
    state.failure = failure;
    log.warn('container is ended', { role, ...failure });
    void strikeDown();
  };

  const channel = serveChannel(process.stdio, {
    handlers,
    budget,
    log: log.child({ role }),
    end: (reason) => {
      if (reason.kind === 'fenced') fail({ code: 'fenced', reason: 'a newer attempt owns the job' });
      else fail({ code: 'bad_result', reason: reason.reason });
    },
  });
  const monitor = process.monitorFile === null ? null : watchMonitor(process.monitorFile);
  void Promise.race([channel.closed, ...(monitor === null ? [] : [monitor.lost])]).then(async () => {
    await Promise.race([exited, delay(GOODBYE)]);
    if (state.over) return;
    state.struck = true;
    state.lost = monitor?.gone() ?? false;
    // The client that only waits goes first: Podman's own order to end a container whose monitor was killed takes many seconds.
    child.kill('SIGKILL');
    await process.strike();
  });
  const exceeded = (reason: string) => fail({ code: 'pod_oom', reason });
  const unwatch = process.watch === null ? () => undefined : watchMemory({ ...process.watch, exceeded });

  const exited = (async (): Promise<ExitReport> => {
    const [code] = (await once(child, 'exit').catch(() => [null])) as [number | null];
    state.over = true;
    unwatch();
    monitor?.stop();
    const closed = new AbortController();
    await Promise.race([once(child, 'close', { signal: closed.signal }), delay(LAST_WORDS)]).catch(() => undefined);
    closed.abort();
    channel.destroy();
    const { failure, asked, struck, lost } = state;
    const oomKilled =
      failure?.code === 'pod_oom' ||
      (process.kernelLimits && code === 137 && !asked && !struck && failure === undefined);
    log.debug('container ended', { role, exitCode: code, asked, failure });
    return { role, exitCode: code, oomKilled, asked, lost, stderr: stderr(), ...(failure ? { failure } : {}) };
  })();

  return {
    role,
    exited,
    lastSeen: () => channel.lastSeen(),
    kill: () => {
      state.asked = true;
      // The end of its stdin is the order to go that needs nobody else.
      channel.destroy();
      return strikeDown();
    },
  };
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
