import type { Clock, Log } from '@stageflow/engine/kernel';
import { offeredUpdate, type UpdateState, updateStep } from './decide.ts';

/** What fetches newer versions of an installed app. */
export interface Updater {
  /** Asks where the app is published, and downloads what is newer until the signal aborts. Rejects when either did not come to its end. */
  ask(ended: AbortSignal): Promise<void>;
  /** Told when a version is downloaded and its signature is good. */
  onReady(tell: (version: string) => void): void;
  /** Ends the app and starts the newer one; only called once everything else has ended. */
  install(): void;
}

/** Updates of the app. */
export interface Updates {
  /** A version that a person may restart into now; null else. */
  readonly offered: string | null;
  /** Told whenever the number of open jobs may have changed: a download ends with the first that runs, and is taken up after the last. */
  jobsChanged(): void;
  /** What the person chose: the app is to end, and the newer one to start. */
  choose(): void;
  /** Called when the app has ended all else; true when the newer version takes over now. */
  takeOver(): boolean;
  stop(): void;
}

/** How often it is looked whether it is time to ask. */
const LOOK_MS = 600_000;

/** Keeps the app up to date; null for `updater` where it is not installed, as in a clone. */
export function openUpdates(options: {
  readonly updater: Updater | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly isWanted: () => boolean;
  /** Jobs that run, and jobs that have not ended, paused ones included. */
  readonly jobs: () => { readonly running: number; readonly open: number };
  readonly onChange: () => void;
}): Updates {
  const { updater, clock, log, isWanted, jobs, onChange } = options;
  let state: UpdateState = { ready: null, asked: null };
  let isChosen = false;
  let timer: { cancel(): void } | null = null;
  let asking: AbortController | null = null;
  updater?.onReady((version) => {
    state = { ...state, ready: version };
    onChange();
  });
  const look = () => {
    if (updater === null || updateStep(state, clock.now(), jobs().running, isWanted()) === 'nothing') return;
    state = { ...state, asked: clock.now() };
    const under = new AbortController();
    asking = under;
    const asked = updater.ask(under.signal).catch((error: unknown) => {
      // Nothing depends on it: it is asked again in some hours.
      if (!under.signal.aborted) log.info('no newer version could be asked for', { error });
    });
    void asked.finally(() => {
      if (asking === under) asking = null;
    });
  };
  /** What was begun while nothing was scanned does not go on beside a scan. */
  const giveWay = () => {
    if (asking === null || jobs().running === 0) return;
    asking.abort();
    asking = null;
    state = { ...state, asked: null };
  };
  const tick = () => {
    look();
    timer = clock.after(LOOK_MS, tick);
  };
  if (updater !== null) timer = clock.after(LOOK_MS / 10, tick);
  const offered = () => offeredUpdate(state, jobs().open);
  return {
    get offered() {
      return offered();
    },
    jobsChanged: () => {
      giveWay();
      look();
    },
    choose: () => {
      isChosen = offered() !== null;
    },
    takeOver: () => {
      if (!isChosen || updater === null || offered() === null) return false;
      updater.install();
      return true;
    },
    stop: () => {
      timer?.cancel();
      asking?.abort();
    },
  };
}
