import type { ReportFinding } from '@stageflow/engine/report-schema';
import { useMemo, useState } from 'react';
import { useKeys } from '../ui/keys.ts';
import { markOf, Severity } from '../ui/severity.tsx';
import { WebLink } from '../ui/web-link.tsx';
import { whoIsAffected } from './affected.ts';
import { CopyLink, copyAddress } from './copy-link.tsx';
import { applyFilter } from './filter.ts';
import styles from './finding-detail.module.css';
import { useBeside, useModel, useSurroundings } from './model.ts';
import { Occurrences } from './occurrences.tsx';
import { Place } from './place.tsx';
import { AsideNote, SetAsideForm } from './set-aside.tsx';
import { type Filter, hashOf, linkToFinding } from './route.ts';
import { Witnesses } from './witnesses.tsx';
import { count } from './words.ts';

/** One cause: what, whom it affects, how to fix it, who says so; the place with its picture; all places by page. `[` and `]` walk the places. */
export function FindingDetail({ finding, filter }: { readonly finding: ReportFinding; readonly filter: Filter }) {
  const { report, baseline } = useModel();
  const around = useSurroundings();
  const places = finding.occurrences;
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      places.findIndex((o) => filter.page === '' || o.pageId === filter.page),
    ),
  );
  const place = places[Math.min(at, places.length - 1)];
  const list = useMemo(() => applyFilter(report.findings, filter, around), [report.findings, filter, around]);
  const index = list.findIndex((f) => f.id === finding.id);
  const [previous, next] = [list[index - 1], index === -1 ? undefined : list[index + 1]];
  const [copied, setCopied] = useState('');
  const { decisions } = useBeside();
  const maySetAside = decisions?.change != null && !decisions.of.has(finding.fingerprint);
  const [asking, setAsking] = useState(false);
  useKeys({
    ']': () => setAt((n) => Math.min(places.length - 1, n + 1)),
    '[': () => setAt((n) => Math.max(0, n - 1)),
    i: () => (maySetAside ? setAsking(true) : false),
    c: () => void copyAddress(linkToFinding(finding.id, filter)).then(setCopied),
  });
  return (
    <article>
      <nav className={styles['path']} aria-label="Findings">
        <a href={hashOf({ screen: 'findings', open: null, filter })}>All findings</a>
        <span className={styles['steps']}>
          {previous && <a href={linkToFinding(previous.id, filter)}>Previous</a>}
          {next && <a href={linkToFinding(next.id, filter)}>Next</a>}
          <button type="button" onClick={() => void copyAddress(linkToFinding(finding.id, filter)).then(setCopied)}>
            Copy link
          </button>
          {maySetAside && (
            <button type="button" aria-expanded={asking} onClick={() => setAsking(true)}>
              Set aside
            </button>
          )}
        </span>
      </nav>
      <CopyLink said={copied} />
      {asking && maySetAside && <SetAsideForm finding={finding} onDone={setCopied} onClose={() => setAsking(false)} />}
      <AsideNote finding={finding} />
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
          {baseline !== null && (
            <span>
              {baseline.new.has(finding.fingerprint) ? 'new' : 'known'} since {baseline.name}
            </span>
          )}
        </p>
        <h1>{finding.title}</h1>
      </header>
      <div className={styles['columns']}>
        <div>
          <h2>Whom it affects</h2>
          {whoIsAffected(finding).map((sentence) => (
            <p key={sentence} className={styles['how']}>
              {sentence}
            </p>
          ))}
          <h2>How to fix</h2>
          <p className={styles['how']}>{finding.howToFix}</p>
          <Standards finding={finding} />
          <Witnesses finding={finding} />
          <p className={styles['print']}>
            Fingerprint <code>{finding.fingerprint}</code>
          </p>
        </div>
        {place && <Place finding={finding} place={place} at={at} total={places.length} setAt={setAt} />}
      </div>
      <Occurrences finding={finding} shown={at} show={setAt} />
    </article>
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
