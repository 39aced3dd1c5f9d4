import { useEffect, useRef } from 'react';
import type { JobView } from '@stageflow/engine/view';
import { call } from '../../api/call.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import styles from './first-findings.module.css';
import { AgainButton } from '../../ui/states.tsx';
import { FoundList } from './found-list.tsx';

/** Asked again at most this often while more is found. */
const CALM_MS = 4000;
const SHOWN = 8;

function emptyWords(found: number, over: boolean): string {
  if (found > 0) return 'Reading what was found…';
  return over ? 'The modules found nothing.' : 'The first findings appear while pages are still being scanned.';
}

/** The worst of what was found so far, long before there is a report. */
export function FirstFindings({ view, over }: { readonly view: JobView; readonly over: boolean }) {
  const { jobId, totals } = view;
  const found = Object.values(totals).reduce((sum, n) => sum + n, 0);
  const loaded = useLoaded(jobId, (signal) => call('GET /api/v1/jobs/{id}/findings', { path: { id: jobId }, signal }));
  const asked = useRef(0);
  const { reload } = loaded;
  useEffect(() => {
    if (found === 0) return;
    const wait = Math.max(0, asked.current + CALM_MS - Date.now());
    const timer = setTimeout(() => {
      asked.current = Date.now();
      reload();
    }, wait);
    return () => clearTimeout(timer);
  }, [found, reload]);
  const findings = loaded.status === 'ready' ? loaded.value.findings : [];
  return (
    <section className={styles['found']} aria-labelledby="found">
      <h2 id="found">{over ? 'Worst of it' : 'Worst found so far'}</h2>
      {loaded.status === 'failed' ? (
        <p className={styles['quiet']} role="alert">
          What was found could not be read. {loaded.problem.sentence}{' '}
          <AgainButton word="Try again" again={loaded.again} act={reload} />
        </p>
      ) : findings.length === 0 ? (
        <p className={styles['quiet']}>{emptyWords(found, over)}</p>
      ) : (
        <FoundList jobId={jobId} findings={findings.slice(0, SHOWN)} />
      )}
      {findings.length > SHOWN && (
        <p className={styles['quiet']}>And {findings.length - SHOWN} more; the report joins what has one cause.</p>
      )}
    </section>
  );
}
