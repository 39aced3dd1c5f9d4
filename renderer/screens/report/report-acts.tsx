import Activity from 'lucide-react/icons/activity';
import Download from 'lucide-react/icons/download';
import Share2 from 'lucide-react/icons/share-2';
import { lazy, Suspense, useState } from 'react';
import { useShortcuts } from '../../app/shortcuts.ts';
import { navigate } from '../../app/location.ts';
import { desktop } from '../../api/desktop.ts';
import { SERVER } from '../../api/place.ts';
import { addressOf } from '../../api/call.ts';
import { may } from '../../state/session/select.ts';
import { useApp } from '../../state/store.ts';
import { SendToServer } from './send-to-server.tsx';
import { UploadReport } from './upload-report.tsx';
import styles from './report.module.css';

const ShareDialog = lazy(() =>
  desktop === null || SERVER !== null ? import('../share/share-dialog.tsx') : import('../share/plain-link.tsx'),
);

const FORMS = [
  { format: 'html', label: 'One HTML file', name: 'report.html' },
  { format: 'zip', label: 'HTML with every picture', name: 'report.zip' },
  { format: 'json', label: 'JSON', name: 'report.json' },
  { format: 'sarif', label: 'SARIF', name: 'report.sarif' },
  { format: 'junit', label: 'JUnit', name: 'report.xml' },
  { format: 'csv', label: 'CSV', name: 'report.csv' },
  { format: 'md', label: 'Markdown', name: 'report.md' },
] as const;

/** What can be done with a report: go back to the run, take it along in another form. */
export function ReportActs({ id }: { readonly id: string }) {
  const maySubmit = useApp(may('submit'));
  const [sharing, setSharing] = useState(false);
  useShortcuts('Report', [
    { keys: 'b', label: 'Back to the run', command: true, run: () => navigate(`/scan/${id}`) },
    ...(maySubmit ? [{ keys: 'shift+s', label: 'Share this report', command: true, run: () => setSharing(true) }] : []),
  ]);
  return (
    <div className={styles['acts']}>
      <a className="button" href={`/scan/${encodeURIComponent(id)}`}>
        <Activity size={16} aria-hidden="true" /> The run
      </a>
      {maySubmit && (
        <button type="button" onClick={() => setSharing(true)} aria-haspopup="dialog">
          <Share2 size={16} aria-hidden="true" /> Share
        </button>
      )}
      {sharing && (
        <Suspense fallback={null}>
          <ShareDialog jobId={id} onClose={() => setSharing(false)} />
        </Suspense>
      )}
      {desktop !== null && SERVER === null && (
        <>
          <SendToServer id={id} desktop={desktop} />
          <UploadReport id={id} desktop={desktop} />
        </>
      )}
      <details className={styles['forms']}>
        <summary>
          <Download size={16} aria-hidden="true" /> Download
        </summary>
        <ul>
          {FORMS.map(({ format, label, name }) => (
            <li key={format}>
              <a href={addressOf('/api/v1/jobs/{id}/report', { path: { id }, query: { format } })} download={name}>
                {label}
              </a>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}
