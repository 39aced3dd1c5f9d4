import type { ReportFinding, ReportOccurrence } from '@stageflow/engine/report-schema';
import { useEffect, useMemo, useState } from 'react';
import { markOf, Severity } from '../ui/severity.tsx';
import { WebLink } from '../ui/web-link.tsx';
import { count } from './words.ts';
import styles from './finding-detail.module.css';
import { FullPage } from './full-page.tsx';
import { applyFilter } from './filter.ts';
import { useModel } from './model.ts';
import { Occurrences } from './occurrences.tsx';
import { Picture } from './picture.tsx';
import { type Filter, hashOf, linkToFinding } from './route.ts';

/** One cause: what, how to fix, who says so; the place with its picture; all places by page. `[` and `]` walk the places. */
export function FindingDetail({ finding, filter }: { readonly finding: ReportFinding; readonly filter: Filter }) {
  const { report } = useModel();
  const places = finding.occurrences;
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      places.findIndex((o) => o.pageId === filter.page || filter.page === ''),
    ),
  );
  const place = places[Math.min(at, places.length - 1)];
  const list = useMemo(() => applyFilter(report.findings, filter), [report.findings, filter]);
  const index = list.findIndex((f) => f.id === finding.id);
  const [previous, next] = [list[index - 1], index === -1 ? undefined : list[index + 1]];
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
      if (event.key === ']') setAt((n) => Math.min(places.length - 1, n + 1));
      if (event.key === '[') setAt((n) => Math.max(0, n - 1));
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [places.length]);
  return (
    <article>
      <nav className={styles['path']} aria-label="Findings">
        <a href={hashOf({ screen: 'findings', finding: null, filter })}>All findings</a>
        <span className={styles['steps']}>
          {previous && <a href={linkToFinding(previous.id, filter)}>Previous</a>}
          {next && <a href={linkToFinding(next.id, filter)}>Next</a>}
        </span>
      </nav>
      <header className={styles['head']}>
        <p className={styles['meta']}>
          <Severity mark={markOf(finding)} />
          {finding.outcome === 'needs-review' && <span>{finding.severity} if it is a fault</span>}
          <span>{finding.category.replace('-', ' ')}</span>
          <span>
            {finding.pagesAffected === 0 ? 'whole site' : count(finding.pagesAffected, 'page')},{' '}
            {count(finding.occurrencesTotal, 'place')}
          </span>
          <span>{finding.confidence}</span>
        </p>
        <h1>{finding.title}</h1>
      </header>
      <div className={styles['columns']}>
        <div>
          <h2>How to fix</h2>
          <p className={styles['how']}>{finding.howToFix}</p>
          <Witnesses finding={finding} />
          <Standards finding={finding} />
          <p className={styles['print']}>
            Fingerprint <code>{finding.fingerprint}</code>
          </p>
        </div>
        {place && <Place place={place} at={at} total={places.length} setAt={setAt} />}
      </div>
      <Occurrences finding={finding} shown={at} show={setAt} />
    </article>
  );
}

function Witnesses({ finding }: { readonly finding: ReportFinding }) {
  const { scannerTitles } = useModel();
  return (
    <>
      <h2>{finding.witnesses.length > 1 ? `Seen by ${finding.witnesses.length} witnesses` : 'Seen by'}</h2>
      <ul className={styles['rows']}>
        {finding.witnesses.map((w) => (
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
    </>
  );
}

function Standards({ finding }: { readonly finding: ReportFinding }) {
  if (finding.standards.length === 0) return null;
  return (
    <>
      <h2>Standards</h2>
      <ul className={styles['rows']}>
        {finding.standards.map((s) => {
          const text = `${s.name} ${s.criterion}${s.level === null ? '' : ` (${s.level})`}`;
          return <li key={text}>{s.url === null ? text : <WebLink href={s.url}>{text}</WebLink>}</li>;
        })}
      </ul>
    </>
  );
}

function Place({
  place,
  at,
  total,
  setAt,
}: {
  readonly place: ReportOccurrence;
  readonly at: number;
  readonly total: number;
  readonly setAt: (n: number) => void;
}) {
  const { pages, report } = useModel();
  // A build was served inside a pod that is gone: its addresses lead nowhere now.
  const { source } = report.job;
  const zip = source.kind === 'zip';
  const gone = (address: string) =>
    source.kind === 'zip' && source.origin !== null && address.startsWith(source.origin);
  const page = place.pageId === null ? undefined : pages.get(place.pageId);
  return (
    <section className={styles['place']} aria-label="Place">
      <div className={styles['placeHead']}>
        <h2>{total === 1 ? 'Where' : `Place ${(at + 1).toLocaleString('en')} of ${total.toLocaleString('en')}`}</h2>
        {total > 1 && (
          <span className={styles['steps']}>
            <button type="button" onClick={() => setAt(at - 1)} disabled={at === 0} aria-label="Previous place">
              ←
            </button>
            <button type="button" onClick={() => setAt(at + 1)} disabled={at === total - 1} aria-label="Next place">
              →
            </button>
          </span>
        )}
      </div>
      {place.screenshot !== null && (
        <Picture
          key={place.screenshot}
          image={place.screenshot}
          alt={`The element on ${page?.path ?? place.url}`}
          className={styles['crop'] ?? ''}
        />
      )}
      {page && place.box && page.screenshot && <FullPage key={`${page.id} ${at}`} page={page} box={place.box} />}
      <dl className={styles['facts']}>
        <dt>Page</dt>
        <dd>{zip ? (page?.path ?? place.url) : <WebLink href={place.url}>{page?.path ?? place.url}</WebLink>}</dd>
        {place.file !== null && (
          <>
            <dt>File</dt>
            <dd>
              <code>
                <bdi>{place.file}</bdi>
                {place.line === null ? '' : `:${place.line}`}
                {place.column === null ? '' : `:${place.column}`}
              </code>
            </dd>
          </>
        )}
        {place.target !== null && (
          <>
            <dt>Address</dt>
            <dd>{gone(place.target) ? place.target : <WebLink href={place.target} />}</dd>
          </>
        )}
        {place.selector !== null && (
          <>
            <dt>Element</dt>
            <dd>
              <code>{place.selector}</code>
            </dd>
          </>
        )}
        {place.message !== null && (
          <>
            <dt>Measured</dt>
            <dd className={styles['how']}>{place.message}</dd>
          </>
        )}
      </dl>
      {place.snippet !== null && (
        <pre className={styles['snippet']} tabIndex={0} aria-label="Markup">
          <code>{place.snippet}</code>
        </pre>
      )}
      {place.screenshot === null && place.selector !== null && (
        <p className={styles['quiet']}>No picture: the element is not drawn, or it could not be found again.</p>
      )}
    </section>
  );
}
