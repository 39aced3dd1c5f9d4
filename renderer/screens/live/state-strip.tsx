import type { JobView } from '@stageflow/engine/view';
import { lookOf } from '../../ui/job-state.tsx';
import styles from './state-strip.module.css';
import type { Standing } from './use-standing.ts';

const STEPS = [
  { states: ['PENDING'], word: 'Queued' },
  { states: ['EXTRACTING'], word: 'Unpacking', zip: true },
  { states: ['READY_TO_SCAN'], word: 'Preparing' },
  { states: ['SCANNING'], word: 'Scanning' },
  { states: ['COMPLETING'], word: 'Putting together' },
  { states: ['DONE', 'FAILED'], word: 'Done' },
] as const;

/** Where a run is on its way, as a row of steps. */
export function StateStrip({ view, standing }: { readonly view: JobView; readonly standing: Standing }) {
  const { state, spec, verdict, failure, pages, site } = view;
  const steps = STEPS.filter((step) => !('zip' in step) || spec.kind === 'zip');
  const failed = state === 'FAILED';
  // A failed run stays at the step that it reached, as far as its events tell.
  const reached = failed ? (pages.length > 0 ? 'SCANNING' : site !== null ? 'READY_TO_SCAN' : 'PENDING') : state;
  const at = steps.findIndex(({ states }) => (states as readonly string[]).includes(reached));
  const { word, tone } = lookOf({ state, verdict, failure, ...standing });
  return (
    <ol className={styles['strip']} aria-label="Steps of the run">
      {steps.map((step, index) => {
        const last = index === steps.length - 1;
        const now = failed ? last : index === at;
        const past = index < at || (state === 'DONE' && !last);
        const look = now ? tone : past ? 'past' : 'future';
        return (
          <li key={step.word} className={styles[look]} aria-current={now ? 'step' : undefined}>
            {now && (last || standing.paused || standing.waiting) ? word : step.word}
            <span className="hidden-text">{past ? ', over' : now ? '' : ', to come'}</span>
          </li>
        );
      })}
    </ol>
  );
}
