import { addressOf } from '../../api/call.ts';
import type { FoundSoFar } from '../../api/schema.ts';
import { useScannerTitles } from '../../state/scanners/use-titles.ts';
import { markOf, Severity } from '../../ui/severity.tsx';
import styles from './found-list.module.css';

/** What modules found, worst first, as they said it. */
export function FoundList({
  jobId,
  findings,
  withPlace = false,
}: {
  readonly jobId: string;
  readonly findings: readonly FoundSoFar[];
  /** Shows the first place of each, with its picture. */
  readonly withPlace?: boolean;
}) {
  const titleOf = useScannerTitles();
  return (
    <ul className={styles['list']}>
      {findings.map((finding) => (
        <li key={`${finding.scanner} ${finding.rule} ${finding.title}`}>
          <p className={styles['meta']}>
            <Severity mark={markOf(finding)} />
            <span className={styles['quiet']}>
              {titleOf(finding.scanner)}, {finding.places.toLocaleString('en')}{' '}
              {finding.places === 1 ? 'place' : 'places'}
              {finding.pages > 1 ? ` on ${finding.pages.toLocaleString('en')} pages` : ''}
            </span>
          </p>
          <p className={styles['title']}>{finding.title}</p>
          {withPlace && finding.first && <Place jobId={jobId} place={finding.first} />}
          {withPlace && <p className={styles['quiet']}>{finding.howToFix}</p>}
        </li>
      ))}
    </ul>
  );
}

function Place({ jobId, place }: { readonly jobId: string; readonly place: NonNullable<FoundSoFar['first']> }) {
  const { selector, snippet, message, url, screenshot } = place;
  return (
    <div className={styles['place']}>
      {screenshot !== null && (
        <img
          src={addressOf('/api/v1/jobs/{id}/artifacts/{path}', { path: { id: jobId, path: screenshot } })}
          alt=""
          loading="lazy"
        />
      )}
      {message !== null && <p>{message}</p>}
      <code>
        <bdi>{snippet ?? selector ?? url}</bdi>
      </code>
    </div>
  );
}
