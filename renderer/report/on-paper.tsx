import type { ReportFinding } from '@stageflow/engine/report-schema';
import { markOf, Severity } from '../ui/severity.tsx';
import { WebLink } from '../ui/web-link.tsx';
import { Coverage } from './coverage.tsx';
import { useModel } from './model.ts';
import styles from './on-paper.module.css';
import { Overview } from './overview.tsx';
import { Pages } from './pages.tsx';
import { Picture } from './picture.tsx';
import { Provenance } from './provenance.tsx';
import { count } from './words.ts';

/** Causes told in full on paper, and places of each. */
const MOST = { causes: 300, places: 12 } as const;

/** The whole report, as printing its first screen gives it: what the screens hold, one after the other; the files alone are left out, since none of them is on paper. */
export function OnPaper() {
  const { report } = useModel();
  const told = report.findings.slice(0, MOST.causes);
  return (
    <div className={styles['paper']}>
      <Overview />
      <section aria-labelledby="causes" className={styles['part']}>
        <h1 id="causes">Findings</h1>
        {told.map((finding) => (
          <Told key={finding.id} finding={finding} />
        ))}
        {report.findings.length > told.length && (
          <p>
            {count(report.findings.length - told.length, 'cause')} more, of less weight, are in the report’s other
            forms.
          </p>
        )}
      </section>
      <section className={styles['part']}>
        <Pages />
      </section>
      <section className={styles['part']}>
        <Coverage />
      </section>
      <section className={styles['part']}>
        <Provenance />
      </section>
    </div>
  );
}

function Told({ finding }: { readonly finding: ReportFinding }) {
  const { pages } = useModel();
  const shot = finding.occurrences.find((o) => o.screenshot !== null)?.screenshot ?? null;
  const places = finding.occurrences.slice(0, MOST.places);
  const left = finding.occurrencesTotal - places.length;
  return (
    <article className={styles['cause']}>
      <p className={styles['meta']}>
        <Severity mark={markOf(finding)} />
        <span>{finding.pagesAffected === 0 ? 'whole site' : count(finding.pagesAffected, 'page')}</span>
        <span>{count(finding.occurrencesTotal, 'place')}</span>
        <span>{finding.confidence}</span>
      </p>
      <h2>{finding.title}</h2>
      <p className={styles['how']}>{finding.howToFix}</p>
      {finding.standards.map((s) => (
        <p key={`${s.name} ${s.criterion}`} className={styles['how']}>
          {s.url === null ? `${s.name} ${s.criterion}` : <WebLink href={s.url}>{`${s.name} ${s.criterion}`}</WebLink>}
        </p>
      ))}
      {shot !== null && <Picture image={shot} alt="" quiet />}
      <ul>
        {places.map((o, i) => (
          <li key={i}>
            {o.pageId === null ? 'The whole site' : (pages.get(o.pageId)?.path ?? o.url)}
            {o.file !== null && `, ${o.file}${o.line === null ? '' : `:${o.line}`}`}
            {(o.selector ?? o.target) !== null && (
              <>
                {' '}
                <code>{o.selector ?? o.target}</code>
              </>
            )}
          </li>
        ))}
        {left > 0 && <li>and {left.toLocaleString('en')} more</li>}
      </ul>
    </article>
  );
}
