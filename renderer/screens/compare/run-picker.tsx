import { useId } from 'react';
import { count } from '../../report/words.ts';
import { SeverityCounts } from '../../ui/severity-counts.tsx';
import { moment } from '../../ui/time.ts';
import styles from './compare.module.css';
import type { Run } from './runs.ts';

/** One side: which run, and how it came out. */
export function RunPicker({
  label,
  runs,
  chosen,
  choose,
}: {
  readonly label: string;
  readonly runs: readonly Run[];
  readonly chosen: string;
  readonly choose: (id: string) => void;
}) {
  const id = useId();
  const job = runs.find((one) => one.id === chosen);
  return (
    <div className={styles['picker']}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={chosen} onChange={(event) => choose(event.target.value)}>
        {runs.map((one) => (
          <option key={one.id} value={one.id}>
            {`${one.label ?? one.source}, ${moment(one.startedAt)}`}
          </option>
        ))}
      </select>
      {job && (
        <p className={styles['quiet']}>
          <a href={`/scan/${job.id}/report`}>Its report</a> · {count(job.progress.pagesScanned, 'page')} ·{' '}
          <SeverityCounts counts={job.totals} />
        </p>
      )}
    </div>
  );
}
