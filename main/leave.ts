import type { Electron } from './electron.ts';
import type { Keeper } from './keeper/keep.ts';
import { type QuitChoice, quitPlan } from './quitting.ts';

/** How the app ends. */
export interface Leaving {
  /** True once nothing keeps the app from ending. */
  readonly mayEnd: boolean;
  /** Somebody wants it to end; asks them first when scans run. `forced`: nobody can be asked. */
  begin(forced?: boolean): Promise<void>;
  /** Told whenever the number of running jobs may have changed. */
  jobsChanged(): void;
}

const CHOICES: readonly QuitChoice[] = ['finish', 'pause', 'stay'];

/** Ends the app as `quitPlan` says: the engine first, then everything else by `end`. */
export function openLeaving(options: {
  readonly dialog: Pick<Electron['dialog'], 'showMessageBox'>;
  readonly keeper: Pick<Keeper, 'state' | 'leave'>;
  readonly running: () => number;
  readonly closeWindows: () => void;
  readonly end: () => void;
}): Leaving {
  const { dialog, keeper, closeWindows, end } = options;
  let mayEnd = false;
  let isAsking = false;
  let isWaiting = false;
  // What runs in an engine of another program goes on without us.
  const running = () => (keeper.state.phase === 'ready' && keeper.state.borrowed ? 0 : options.running());
  const leave = async (graceSeconds: number) => {
    isWaiting = false;
    await keeper.leave(graceSeconds);
    if (mayEnd) return;
    mayEnd = true;
    end();
  };
  const begin = async (forced = false): Promise<void> => {
    if (mayEnd || (isAsking && !forced)) return;
    let plan = quitPlan(running(), null, forced);
    if (plan.do === 'ask') {
      isAsking = true;
      const { response } = await dialog
        .showMessageBox({
          type: 'question',
          message: plan.message,
          detail: plan.detail,
          buttons: ['Finish first', 'Pause and quit', 'Cancel'],
          defaultId: 0,
          cancelId: 2,
          noLink: true,
        })
        .finally(() => {
          isAsking = false;
        });
      plan = quitPlan(running(), CHOICES[response] ?? 'stay', false);
    }
    if (plan.do === 'end') await leave(plan.graceSeconds);
    isWaiting = plan.do === 'wait';
    if (isWaiting) closeWindows();
  };
  return {
    get mayEnd() {
      return mayEnd;
    },
    begin,
    jobsChanged: () => {
      if (isWaiting && running() === 0) void leave(0);
    },
  };
}
