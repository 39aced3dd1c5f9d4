import { useEffect, useState } from 'react';
import type { JobView } from '@stageflow/engine/view';
import { SeverityCounts } from '../../ui/severity-counts.tsx';
import { stretch } from '../../ui/time.ts';
import { etaOf, etaWords } from './eta.ts';
import styles from './progress.module.css';
import type { Standing } from './use-standing.ts';

/** How far a run is: pages and cells, how long it has taken, how long it may still take. */
export function Progress({ view, standing }: { readonly view: JobView; readonly standing: Standing }) {
  const { progress, startedAt, totals } = view;
  const now = useNow();
  const eta = standing.paused ? null : etaOf(view, now);
  const { pagesDone, pagesKnown, cellsDone, cellsKnown } = progress;
  return (
    <section className={styles['progress']} aria-label="Progress">
      <progress max={cellsKnown || 1} value={cellsKnown === 0 ? undefined : cellsDone} aria-label="Cells done" />
      <dl>
        <div>
          <dt>Pages</dt>
          <dd>
            {pagesDone.toLocaleString('en')} <small>of {pagesKnown.toLocaleString('en')} known</small>
          </dd>
        </div>
        <div>
          <dt>Cells</dt>
          <dd>
            {cellsDone.toLocaleString('en')} <small>of {cellsKnown.toLocaleString('en')}</small>
          </dd>
        </div>
        <div>
          <dt>Running for</dt>
          <dd>{stretch(now - startedAt)}</dd>
        </div>
        <div>
          <dt>Still to go</dt>
          <dd>
            {standing.waiting ? (
              <small>when its turn comes</small>
            ) : eta === null ? (
              <small>not yet known</small>
            ) : (
              etaWords(eta)
            )}
          </dd>
        </div>
        <div>
          <dt>Findings</dt>
          <dd>
            <SeverityCounts counts={totals} />
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** The time, every second. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
