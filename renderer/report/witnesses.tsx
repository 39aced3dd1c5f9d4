import type { ReportFinding } from '@stageflow/engine/report-schema';
import { WebLink } from '../ui/web-link.tsx';
import styles from './finding-detail.module.css';
import { useModel } from './model.ts';
import { count } from './words.ts';

/** Who says so, and whether they agree: on the outcome first, on the severity second. */
export function Witnesses({ finding }: { readonly finding: ReportFinding }) {
  const { scannerTitles } = useModel();
  const { witnesses } = finding;
  return (
    <>
      <h2>Seen by</h2>
      {witnesses.length > 1 && <p className={styles['how']}>{agreement(finding)}</p>}
      <ul className={styles['rows']}>
        {witnesses.map((w) => (
          <li key={`${w.scanner}/${w.rule}`}>
            <span className={styles['who']}>{scannerTitles.get(w.scanner) ?? w.scanner}</span>{' '}
            {w.helpUrl === null ? (
              <code>{w.rule}</code>
            ) : (
              <WebLink href={w.helpUrl}>
                <code>{w.rule}</code>
              </WebLink>
            )}
            <span className={styles['quiet']}>
              {' '}
              {w.outcome === 'fail' ? w.severity : 'needs review'}, {w.confidence}, {count(w.occurrences, 'place')}
            </span>
            {w.title !== finding.title && <span className={styles['says']}>{w.title}</span>}
          </li>
        ))}
      </ul>
      {finding.outcome === 'needs-review' && (
        <p className={styles['quiet']}>A person decides: it never counts in a gate.</p>
      )}
    </>
  );
}

function agreement({ witnesses }: ReportFinding): string {
  const number = witnesses.length === 2 ? 'Both' : `All ${witnesses.length}`;
  if (new Set(witnesses.map((w) => w.outcome)).size > 1) {
    const sure = witnesses.filter((w) => w.outcome === 'fail').length;
    return `They disagree: ${sure} of ${witnesses.length} are sure that it is a fault, the others want a person to look.`;
  }
  if (new Set(witnesses.map((w) => w.severity)).size > 1)
    return `${number} agree that it is there; they weigh it differently.`;
  return `${number} agree.`;
}
