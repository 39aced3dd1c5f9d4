import Activity from 'lucide-react/icons/activity';
import Download from 'lucide-react/icons/download';
import { useShortcuts } from '../../app/shortcuts.ts';
import { navigate } from '../../app/location.ts';
import { addressOf } from '../../api/call.ts';
import styles from './report.module.css';

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
  useShortcuts('Report', [{ keys: 'b', label: 'Back to the run', command: true, run: () => navigate(`/scan/${id}`) }]);
  return (
    <div className={styles['acts']}>
      <a className="button" href={`/scan/${encodeURIComponent(id)}`}>
        <Activity size={16} aria-hidden="true" /> The run
      </a>
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
