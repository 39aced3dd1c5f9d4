/** How the engine's process is. */
export type HostState =
  | { readonly phase: 'starting'; readonly tries: number }
  /** It answers. `since` in milliseconds of the clock. */
  | { readonly phase: 'ready'; readonly tries: number; readonly since: number; readonly borrowed: boolean }
  /** It ended and is started again after a pause. */
  | { readonly phase: 'pausing'; readonly tries: number; readonly reason: string }
  /** It ended too often: started again only when a person says so. */
  | { readonly phase: 'failed'; readonly code: string | null; readonly reason: string }
  /** It was told to leave. */
  | { readonly phase: 'leaving' }
  | { readonly phase: 'left' };

/** What happens to it. */
export type HostEvent =
  | { readonly type: 'ready'; readonly borrowed: boolean; readonly at: number }
  /** It ended; `code` and `sentence` when it said why. */
  | {
      readonly type: 'exited';
      readonly at: number;
      readonly code: string | null;
      readonly sentence: string | null;
      /** True when it ended in good order, as it does when the engine that it borrowed has ended. */
      readonly orderly: boolean;
    }
  /** The pause, or the patience with its start, is over. */
  | { readonly type: 'time' }
  /** A person wants it started again. */
  | { readonly type: 'again' }
  | { readonly type: 'leave'; readonly graceSeconds: number };

/** What is to be done. */
export type HostCommand =
  | { readonly do: 'spawn' }
  /** Sends `time` after so long; replaces an earlier wait. */
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'kill' }
  | { readonly do: 'tell-to-leave'; readonly graceSeconds: number };

/** The next state and what is to be done for it. */
export interface Decision {
  readonly state: HostState;
  readonly commands: readonly HostCommand[];
}

/** Milliseconds before each start after one that ended; as many ends in a row are borne before a person is asked. */
const PAUSES_MS = [250, 1_000, 3_000, 8_000, 15_000] as const;
/** How long it has to have answered for its end to count as the first. */
const STEADY_MS = 60_000;
/** A start may bring a queue server from the network first. */
const START_PATIENCE_MS = 180_000;
/** What it gets beyond the grace of its cells to store their results and end. */
const LEAVE_PATIENCE_MS = 15_000;

const start = (tries: number): Decision => ({
  state: { phase: 'starting', tries },
  commands: [{ do: 'spawn' }, { do: 'wait', ms: START_PATIENCE_MS }],
});

/** The first start. */
export const firstStart = (): Decision => start(0);

const stay = (state: HostState): Decision => ({ state, commands: [] });

/** What an event makes of the engine's process. Pure. What does not fit the state changes nothing. */
export function decideHost(state: HostState, event: HostEvent): Decision {
  switch (event.type) {
    case 'ready':
      if (state.phase !== 'starting') return stay(state);
      return stay({ phase: 'ready', tries: state.tries, since: event.at, borrowed: event.borrowed });
    case 'exited':
      return afterExit(state, event);
    case 'time':
      if (state.phase === 'pausing') return start(state.tries);
      if (state.phase === 'starting' || state.phase === 'leaving') return { state, commands: [{ do: 'kill' }] };
      return stay(state);
    case 'again':
      return state.phase === 'failed' || state.phase === 'pausing' ? start(0) : stay(state);
    case 'leave':
      return leave(state, event.graceSeconds);
  }
}

function afterExit(state: HostState, event: Extract<HostEvent, { type: 'exited' }>): Decision {
  if (state.phase === 'leaving') return stay({ phase: 'left' });
  if (state.phase !== 'starting' && state.phase !== 'ready') return stay(state);
  const steady = state.phase === 'ready' && (event.orderly || event.at - state.since >= STEADY_MS);
  const ended = steady ? 0 : state.tries;
  const reason = event.sentence ?? 'The engine ended without a word.';
  const ms = PAUSES_MS[ended];
  if (ms === undefined) return stay({ phase: 'failed', code: event.code, reason });
  return { state: { phase: 'pausing', tries: ended + 1, reason }, commands: [{ do: 'wait', ms }] };
}

function leave(state: HostState, graceSeconds: number): Decision {
  switch (state.phase) {
    case 'ready':
      return {
        state: { phase: 'leaving' },
        commands: [
          { do: 'tell-to-leave', graceSeconds },
          { do: 'wait', ms: graceSeconds * 1000 + LEAVE_PATIENCE_MS },
        ],
      };
    case 'starting':
      return { state: { phase: 'leaving' }, commands: [{ do: 'kill' }, { do: 'wait', ms: LEAVE_PATIENCE_MS }] };
    case 'leaving':
      // Whoever asks twice does not want to wait.
      return { state, commands: [{ do: 'kill' }] };
    default:
      return stay({ phase: 'left' });
  }
}
