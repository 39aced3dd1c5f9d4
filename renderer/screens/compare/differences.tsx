import { useRef } from 'react';
import { useShortcuts } from '../../app/shortcuts.ts';
import type { Comparison } from '../../api/schema.ts';
import { type Mark, markOf, Severity } from '../../ui/severity.tsx';
import styles from './compare.module.css';

type Finding = Comparison['new'][number] | Comparison['notComparable'][number];

/** Rows of a part that are shown at once; the rest is one step away. */
const SHOWN = 100;

const PARTS = [
  { part: 'new', title: 'New', hint: 'found after, not before' },
  { part: 'fixed', title: 'Fixed', hint: 'found before, not after' },
  { part: 'notComparable', title: 'Not comparable', hint: 'only one of the two runs looked there' },
  { part: 'same', title: 'The same', hint: 'found in both' },
] as const;

function sentenceOf(comparison: Comparison): string {
  const { fixed, same } = comparison;
  const fresh = comparison.new.length;
  if (fresh === 0 && fixed.length === 0) {
    return same.length === 0
      ? 'Neither run found anything.'
      : `Nothing changed: the same ${same.length === 1 ? '1 cause' : `${same.length} causes`} in both.`;
  }
  return `${fresh} new, ${fixed.length} fixed, ${same.length} the same.`;
}

/** What changed from one run to the other. J goes to the next change. */
export function Differences({ comparison }: { readonly comparison: Comparison }) {
  const list = useRef<HTMLDivElement>(null);
  useShortcuts('Changes', [
    {
      keys: 'j',
      label: 'Next change',
      run: () => {
        const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-change]') ?? [])];
        const at = rows.indexOf(document.activeElement as HTMLElement);
        rows[(at + 1) % rows.length]?.focus();
      },
    },
  ]);
  return (
    <div ref={list}>
      {!comparison.comparable && (
        <section className={styles['caution']} aria-label="What makes them hard to compare">
          <p>The two runs differ in more than the site:</p>
          <ul>
            {comparison.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </section>
      )}
      <p className={styles['sentence']} role="status">
        {sentenceOf(comparison)}
      </p>
      {PARTS.map(({ part, title, hint }) => {
        const findings = comparison[part];
        if (findings.length === 0) return null;
        return (
          <section key={part} className={styles['part']} aria-labelledby={`part-${part}`}>
            <h2 id={`part-${part}`}>
              {title} <span className={styles['number']}>{findings.length.toLocaleString('en')}</span>
              <span className={styles['hint']}>{hint}</span>
            </h2>
            <Rows
              findings={findings}
              addressOf={(finding) => {
                // A cause stands in the report that it was found in.
                const isOlder = part === 'fixed' || ('in' in finding && finding.in === 'a');
                const jobId = isOlder ? comparison.a : comparison.b;
                return `/scan/${jobId}/report#/findings/${encodeURIComponent(finding.id)}`;
              }}
              isChange={part === 'new' || part === 'fixed'}
            />
          </section>
        );
      })}
    </div>
  );
}

function Rows({
  findings,
  addressOf,
  isChange,
}: {
  readonly findings: readonly Finding[];
  readonly addressOf: (finding: Finding) => string;
  readonly isChange: boolean;
}) {
  const rows = findings.slice(0, SHOWN).map((finding) => (
    <li key={finding.fingerprint} tabIndex={isChange ? -1 : undefined} data-change={isChange ? '' : undefined}>
      <Severity mark={markOf({ outcome: finding.outcome, severity: finding.severity as Mark })} />
      <a href={addressOf(finding)}>
        {finding.title}
        {'in' in finding && <span className={styles['quiet']}> {finding.in === 'a' ? 'before' : 'after'}</span>}
      </a>
      <Where finding={finding} />
    </li>
  ));
  const left = findings.length - rows.length;
  return (
    <>
      <ul className={styles['rows']}>{rows}</ul>
      {left > 0 && <p className={styles['quiet']}>And {left.toLocaleString('en')} more, in the report.</p>}
    </>
  );
}

/** Where it stands first, and how often else: tells causes of one title apart. */
function Where({ finding: { occurrences } }: { readonly finding: Finding }) {
  const [first, ...others] = occurrences;
  if (first === undefined) return <span />;
  const { file, line, url } = first;
  return (
    <span className={styles['where']}>
      <code>
        <bdi>{file === null ? url : line === null ? file : `${file}:${line}`}</bdi>
      </code>
      {others.length > 0 && ` and ${others.length.toLocaleString('en')} more`}
    </span>
  );
}
