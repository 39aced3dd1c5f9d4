import { useState } from 'react';
import type { JobView } from '@stageflow/engine/view';
import { navigate } from '../../app/location.ts';
import { useShortcuts } from '../../app/shortcuts.ts';
import { call } from '../../api/call.ts';
import { attempt } from '../../state/attempt.ts';
import { may } from '../../state/session/select.ts';
import type { Shortcut } from '../../state/shortcuts/slice.ts';
import { useApp } from '../../state/store.ts';
import { Confirm } from '../../ui/confirm.tsx';
import styles from './live.module.css';
import type { Standing } from './use-standing.ts';

/** What can be done with a run now. */
export function Acts({ view, standing }: { readonly view: JobView; readonly standing: Standing }) {
  const { jobId: id, state, report, spec } = view;
  const maySubmit = useApp(may('submit'));
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const { notify } = useApp.getState();
  const over = state === 'DONE' || state === 'FAILED';
  const path = { id };
  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    await attempt(work);
    setBusy(false);
  };
  const pause = () =>
    act(async () => {
      const route = standing.paused ? 'POST /api/v1/jobs/{id}/resume' : 'POST /api/v1/jobs/{id}/pause';
      const { paused } = await call(route, { path });
      standing.setPaused(paused);
      notify('done', paused ? 'Paused. What is finished is kept; the pod is given back.' : 'Going on.');
    });
  const cancel = () =>
    act(async () => {
      await call('POST /api/v1/jobs/{id}/cancel', { path });
    });
  const retry = () =>
    act(async () => {
      const made = await call('POST /api/v1/jobs/{id}/retry', { path, body: {} });
      notify('done', 'A new run takes over what is finished and scans the rest.');
      navigate(`/scan/${made.id}`);
    });
  const canRetry = over && maySubmit && (state === 'FAILED' || view.verdict === 'incomplete');
  const canStop = !over && maySubmit;
  const keys: readonly (Shortcut & { readonly when: boolean })[] = [
    { when: canStop, keys: 'p', label: standing.paused ? 'Go on' : 'Pause', command: true, run: () => void pause() },
    { when: canStop, keys: 'x', label: 'Cancel the run', command: true, run: () => setAsking(true) },
    { when: canRetry, keys: 'r', label: 'Scan again what is missing', command: true, run: () => void retry() },
    {
      when: report !== null,
      keys: 'o',
      label: 'Open the report',
      command: true,
      run: () => navigate(`/scan/${id}/report`),
    },
  ];
  useShortcuts(
    'Run',
    keys.filter(({ when }) => when),
  );
  return (
    <div className={styles['acts']}>
      {canStop && (
        <>
          <button type="button" disabled={busy} onClick={() => void pause()}>
            {standing.paused ? 'Go on' : 'Pause'}
          </button>
          <button type="button" disabled={busy} onClick={() => setAsking(true)}>
            Cancel
          </button>
        </>
      )}
      {canRetry && (
        <button type="button" disabled={busy} onClick={() => void retry()}>
          Scan again what is missing
        </button>
      )}
      {report !== null && (
        <a className="button primary" href={`/scan/${id}/report`}>
          Open the report
        </a>
      )}
      {asking && (
        <Confirm
          title={`Cancel the run of ${spec.label ?? spec.source}?`}
          act="Cancel the run"
          onAct={cancel}
          onClose={() => setAsking(false)}
        >
          What was found until now is still written as a report, marked as incomplete.
        </Confirm>
      )}
    </div>
  );
}
