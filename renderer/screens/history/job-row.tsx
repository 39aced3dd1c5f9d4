import { memo, useState } from 'react';
import Trash from 'lucide-react/icons/trash-2';
import { call } from '../../api/call.ts';
import type { JobSummary } from '../../api/schema.ts';
import { attempt } from '../../state/attempt.ts';
import { may } from '../../state/session/select.ts';
import { useApp } from '../../state/store.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { JobState } from '../../ui/job-state.tsx';
import { SeverityCounts } from '../../ui/severity-counts.tsx';
import { moment, stretch } from '../../ui/time.ts';
import styles from './history.module.css';

/** One run. Its name leads to its report when there is one, else to the run itself. */
export const JobRow = memo(function JobRow({
  job,
  marked,
  mark,
}: {
  readonly job: JobSummary;
  readonly marked: boolean;
  readonly mark: (id: string, on: boolean) => void;
}) {
  const { id, label, source, state, progress, totals, startedAt, endedAt } = job;
  const maySubmit = useApp(may('submit'));
  const over = state === 'DONE' || state === 'FAILED';
  const name = label ?? source;
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          aria-label={`Mark ${name} of ${moment(startedAt)} to compare`}
          checked={marked}
          disabled={state !== 'DONE'}
          onChange={(event) => mark(id, event.target.checked)}
        />
      </td>
      <th scope="row" className={styles['name']}>
        <a data-row href={state === 'DONE' ? `/scan/${id}/report` : `/scan/${id}`}>
          <bdi>{name}</bdi>
        </a>
        {label !== null && (
          <span className={styles['sub']}>
            <bdi>{source}</bdi>
          </span>
        )}
      </th>
      <td>
        <JobState job={job} />
        {!over && (
          <progress
            className={styles['progress']}
            max={progress.cellsKnown || 1}
            value={progress.cellsDone}
            aria-label="Cells done"
          />
        )}
      </td>
      <td className={styles['numeric']}>
        {over ? progress.pagesScanned : `${progress.pagesDone} of ${progress.pagesKnown}`}
      </td>
      <td>
        <SeverityCounts counts={totals} />
      </td>
      <td className={styles['quiet']}>{moment(startedAt)}</td>
      <td className={styles['numeric']}>{endedAt === null ? '' : stretch(endedAt - startedAt)}</td>
      <td>{over && maySubmit && <Remove id={id} name={name} />}</td>
    </tr>
  );
});

function Remove({ id, name }: { readonly id: string; readonly name: string }) {
  const [asking, setAsking] = useState(false);
  const remove = () =>
    attempt(async () => {
      const { notify, forgetJob } = useApp.getState();
      await call('DELETE /api/v1/jobs/{id}', { path: { id } });
      forgetJob(id);
      notify('done', `The run of ${name} is removed with its report and its proof.`);
    });
  return (
    <>
      <button type="button" className={styles['remove']} aria-label={`Remove ${name}`} onClick={() => setAsking(true)}>
        <Trash size={16} aria-hidden="true" />
      </button>
      {asking && (
        <Confirm title={`Remove the run of ${name}?`} act="Remove" onAct={remove} onClose={() => setAsking(false)}>
          Its report, screenshots, archive and share links go with it. This cannot be undone.
        </Confirm>
      )}
    </>
  );
}
