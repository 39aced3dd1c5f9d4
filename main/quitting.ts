/** What a person chose when work was going on. */
export type QuitChoice = 'finish' | 'pause' | 'stay';

/** What quitting means now. */
export type QuitPlan =
  /** Nothing runs: end at once. */
  | { readonly do: 'end'; readonly graceSeconds: number }
  /** Ask, with these words. */
  | { readonly do: 'ask'; readonly message: string; readonly detail: string }
  /** Close the windows; end when no job runs any more. */
  | { readonly do: 'wait' }
  | { readonly do: 'stay' };

/** Seconds for cells in hand when jobs are paused: most pages end within them. */
const PAUSE_GRACE_SECONDS = 5;

/** What to do when the app is to quit while `running` jobs are at work here. `choice` is null until the person was asked; `forced` when the session or the machine ends, and nobody can be. Pure. */
export function quitPlan(running: number, choice: QuitChoice | null, forced: boolean): QuitPlan {
  if (running === 0) return { do: 'end', graceSeconds: 0 };
  if (forced || choice === 'pause') return { do: 'end', graceSeconds: PAUSE_GRACE_SECONDS };
  if (choice === 'finish') return { do: 'wait' };
  if (choice === 'stay') return { do: 'stay' };
  return {
    do: 'ask',
    message: running === 1 ? 'A scan is still running.' : `${running} scans are still running.`,
    detail:
      'Finish first: the window closes, and Stageflow ends when the last scan has. Pause: what is found so far is kept, and the scans go on when Stageflow is started again.',
  };
}
