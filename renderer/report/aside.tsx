import type { ReportFinding } from '@stageflow/engine/report-schema';
import { markOf, Severity } from '../ui/severity.tsx';
import { useBeside, useModel } from './model.ts';
import { linkToFinding } from './route.ts';
import { CountAgain, untilWords } from './set-aside.tsx';
import styles from './set-aside.module.css';
import table from './table.module.css';

interface Row {
  readonly finding: ReportFinding;
  readonly reason: string;
  readonly owner: string;
  readonly until: string | number | null;
}

/** Causes that people have set aside: those that the scan left out of its counts, and those that the next one will. */
export function Aside() {
  const { report, aside } = useModel();
  const decided = useBeside().decisions?.of ?? new Map<string, never>();
  const then = [...aside.values()];
  const since = report.findings.flatMap((finding): readonly Row[] => {
    const word = decided.get(finding.fingerprint);
    return word === undefined ? [] : [{ ...word, finding }];
  });
  return (
    <>
      <h1 className={table['title']}>Set aside</h1>
      <p className={table['lead']}>
        What a person has set aside is found all the same, but counts nowhere: not in the verdict, nor in a gate.
      </p>
      {then.length + since.length === 0 && (
        <p>Nothing is. A finding’s own screen has the button for it, and so has the key I.</p>
      )}
      <Part title="Left out of this report" rows={then} />
      <Part title="Counted here, left out from the next scan on" rows={since} />
    </>
  );
}

function Part({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) {
  const decided = useBeside().decisions?.of;
  if (rows.length === 0) return null;
  return (
    <section>
      <h2 className={table['heading']}>{title}</h2>
      <ul className={styles['rows']}>
        {rows.map(({ finding, reason, owner, until }) => (
          <li key={finding.id}>
            <Severity mark={markOf(finding)} />
            <a href={linkToFinding(finding.id)}>{finding.title}</a>
            <span>{reason}</span>
            <span className={styles['quiet']}>
              {owner}, {untilWords(until)}
            </span>
            {decided?.has(finding.fingerprint) && (
              <CountAgain fingerprint={finding.fingerprint} title={finding.title} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
