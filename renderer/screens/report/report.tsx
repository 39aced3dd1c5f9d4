import { useMemo } from 'react';
import type { Report } from '@stageflow/engine/report-schema';
import type { Params } from '../../app/routes.ts';
import { useToldKeys } from '../../app/shortcuts.ts';
import { call } from '../../api/call.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { nameOf, REPORT_KEYS, ReportProvider, ReportScreen, ReportTabs } from '../../report/index.ts';
import { useApp } from '../../state/store.ts';
import { Show } from '../../ui/states.tsx';
import { apiHost } from './api-host.ts';
import { ReportActs } from './report-acts.tsx';
import styles from './report.module.css';
import { loadBaseline } from './since.ts';
import { useBeside } from './use-beside.ts';

/** The report's own keys; the sheet has one for itself. */
const KEYS = REPORT_KEYS.filter(([key]) => key !== '?');

/** A job's report, read through the API: the same screens as in the offline file. */
export default function ReportOfJob({ params: { id = '' } }: { readonly params: Params }) {
  const loaded = useLoaded(id, async (signal) => {
    const report = await call('GET /api/v1/jobs/{id}/report', { path: { id }, signal });
    return report as unknown as Report;
  });
  // What changed is said as soon as it is known; a report without it is whole.
  const since = useLoaded(id, (signal) => loadBaseline(id, signal));
  const beside = useBeside(id);
  const singleKeys = useApp((state) => state.preferences.singleKeys);
  useToldKeys('In the report', KEYS);
  const host = useMemo(() => apiHost(id), [id]);
  return (
    <Show of={loaded} what="the report" screen="Report">
      {(report) => (
        <ReportProvider
          report={report}
          host={host}
          baseline={since.status === 'ready' ? since.value : null}
          beside={beside}
          singleKeys={singleKeys}
        >
          <header className={styles['head']}>
            <div>
              <p className={styles['name']}>
                <bdi>{nameOf(report.job)}</bdi>
              </p>
              <ReportTabs />
            </div>
            <ReportActs id={id} />
          </header>
          <div className={styles['report']}>
            <ReportScreen />
          </div>
        </ReportProvider>
      )}
    </Show>
  );
}
