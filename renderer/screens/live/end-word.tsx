import type { JobView } from '@stageflow/engine/view';
import { SeverityCounts } from '../../ui/severity-counts.tsx';
import { stretch } from '../../ui/time.ts';
import { troubles } from './cells.ts';
import styles from './end-word.module.css';

const SHOWN = 5;

/** How a run ended. Done, done with parts missing, cancelled and failed each look and sound different. */
export function EndWord({ view }: { readonly view: JobView }) {
  const { state, verdict, failure, progress, startedAt, endedAt, totals, report } = view;
  const took = endedAt === null ? '' : ` in ${stretch(endedAt - startedAt)}`;
  const pages = `${progress.pagesScanned.toLocaleString('en')} ${progress.pagesScanned === 1 ? 'page' : 'pages'}`;
  const cancelled = failure?.code === 'cancelled';
  const tone = state === 'DONE' ? (verdict === 'incomplete' ? 'part' : 'good') : cancelled ? 'quiet' : 'bad';
  const missing = troubles(view);
  return (
    <section className={`${styles['end']} ${styles[tone]}`} aria-labelledby="end">
      <h2 id="end">
        {state === 'DONE' &&
          (verdict === 'incomplete' ? `Scanned ${pages}${took}; parts are missing` : `Scanned ${pages}${took}`)}
        {state === 'FAILED' && (cancelled ? `Cancelled after ${pages}` : 'The run failed')}
      </h2>
      {failure !== null && <p>{failure.sentence}</p>}
      {failure?.about != null && (
        <p className={styles['about']}>
          <bdi>{failure.about}</bdi>
        </p>
      )}
      {state === 'FAILED' && report !== null && (
        <p>What was found until then is in the report, marked as incomplete.</p>
      )}
      {missing.length > 0 && (
        <ul>
          {missing.slice(0, SHOWN).map(({ sentence, count }) => (
            <li key={sentence}>
              {sentence} {count > 1 && <span className={styles['times']}>({count} times)</span>}
            </li>
          ))}
          {missing.length > SHOWN && <li>And {missing.length - SHOWN} more reasons, in the report's coverage.</li>}
        </ul>
      )}
      <p className={styles['totals']}>
        Found: <SeverityCounts counts={totals} />
        {state !== 'DONE' && (
          <span className={styles['times']}> as the modules said it; the report joins what has one cause</span>
        )}
      </p>
    </section>
  );
}
