import type { Clock, Timer } from '@stageflow/engine/kernel';
import { StageflowError } from '@stageflow/engine/kernel';
import { type Bridge, openBridge } from '../bridge/ask.ts';
import type { Port } from '../bridge/port.ts';
import { fromHost, type ToHost } from '../host/messages.ts';
import { type Decision, decideHost, firstStart, type HostEvent, type HostState } from './decide.ts';

/** A process of the engine that was started. */
export interface HostProcess {
  /** Ends when the process does. */
  readonly port: Port;
  /** Calls `exited` once with the exit code. */
  onExit(exited: (code: number) => void): void;
  kill(): void;
}

/** The engine's process, kept alive. */
export interface Keeper {
  readonly state: HostState;
  /** Asks the app; a request waits for a start that is under way. Rejects with `engine_away` when the engine is not there in time. */
  fetch(request: Request): Promise<Response>;
  /** Told of every new state. Returns how to stop. */
  onState(changed: (state: HostState) => void): () => void;
  /** Told what is being fetched, built or waited for. */
  onSaid(said: (line: string) => void): () => void;
  /** Starts it again after it failed. */
  again(): void;
  /** Ends it for good; resolves when the process is gone. */
  leave(graceSeconds: number): Promise<void>;
}

/** How long a request waits for an engine that starts. */
const REQUEST_PATIENCE_MS = 10_000;

/** Starts the engine's process and keeps it: what it is to be next is `decideHost`'s word. */
export function keepHost(spawn: () => HostProcess, clock: Clock): Keeper {
  const changed = new Set<(state: HostState) => void>();
  const said = new Set<(line: string) => void>();
  let process: HostProcess | null = null;
  let bridge: Bridge | null = null;
  let timer: Timer | null = null;
  let state: HostState;

  const begin = () => {
    const one = spawn();
    const answers = openBridge(one.port);
    let unable: { readonly code: string; readonly sentence: string } | null = null;
    process = one;
    bridge = answers;
    one.port.listen((message) => {
      const word = fromHost(message);
      if (word?.kind === 'ready') happen({ type: 'ready', borrowed: word.borrowed, at: clock.now() });
      if (word?.kind === 'said') for (const tell of said) tell(word.line);
      if (word?.kind === 'unable') unable = word;
    });
    one.onExit((code) => {
      answers.close();
      process = null;
      bridge = null;
      const { code: why = null, sentence = null } = unable ?? {};
      happen({ type: 'exited', at: clock.now(), code: why, sentence, orderly: code === 0 });
    });
  };
  const apply = (decision: Decision) => {
    const before = state;
    state = decision.state;
    if (before?.phase !== state.phase) timer?.cancel();
    for (const command of decision.commands) {
      if (command.do === 'spawn') begin();
      if (command.do === 'kill') process?.kill();
      if (command.do === 'tell-to-leave')
        process?.port.post({ kind: 'leave', graceSeconds: command.graceSeconds } satisfies ToHost);
      if (command.do === 'wait') {
        timer?.cancel();
        timer = clock.after(command.ms, () => happen({ type: 'time' }));
      }
    }
    if (before !== state) for (const tell of [...changed]) tell(state);
  };
  const happen = (event: HostEvent) => apply(decideHost(state, event));
  state = firstStart().state;
  apply(firstStart());

  /** Resolves when a state is reached that `holds`, or when the time is over. */
  const reached = (holds: (state: HostState) => boolean, ms: number | null, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (holds(state)) return resolve();
      const done = () => {
        changed.delete(look);
        late?.cancel();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const look = (now: HostState) => {
        if (holds(now)) done();
      };
      const late = ms === null ? null : clock.after(ms, done);
      changed.add(look);
      signal?.addEventListener('abort', done, { once: true });
    });
  const subscribe = <T>(listeners: Set<(value: T) => void>, tell: (value: T) => void) => {
    listeners.add(tell);
    return () => void listeners.delete(tell);
  };

  return {
    get state() {
      return state;
    },
    fetch: async (request) => {
      await reached(({ phase }) => phase !== 'starting' && phase !== 'pausing', REQUEST_PATIENCE_MS, request.signal);
      if (state.phase !== 'ready' || bridge === null) throw new StageflowError('engine_away');
      return bridge.fetch(request);
    },
    onState: (tell) => subscribe(changed, tell),
    onSaid: (tell) => subscribe(said, tell),
    again: () => happen({ type: 'again' }),
    leave: async (graceSeconds) => {
      happen({ type: 'leave', graceSeconds });
      await reached(({ phase }) => phase === 'left', null);
    },
  };
}
