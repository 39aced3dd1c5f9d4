import type { ReportFinding } from '@stageflow/engine/report-schema';
import { useKeys } from '../ui/keys.ts';
import { Glyph, MARKS, markOf, Severity, wordOf } from '../ui/severity.tsx';
import { SeverityStrip } from '../ui/severity-strip.tsx';
import { Changes } from './changes.tsx';
import { useLinkGraph } from './links-drawing.tsx';
import { useBeside, useModel } from './model.ts';
import styles from './overview.module.css';
import { PagesHistogram } from './pages-histogram.tsx';
import { Picture } from './picture.tsx';
import { go, linkTo, linkToFinding, NO_FILTER } from './route.ts';
import { RunFacts } from './run-facts.tsx';
import { ScoreStrips } from './score-strips.tsx';
import { Trend } from './trend.tsx';
import { count } from './words.ts';

/** Fixes shown; more of them are a list, and the list has its own screen. */
const FIRST = 3;

/** The first screen: what came out, how much was looked at, what changed, what to fix first. Keys 1 to 6 show a module's findings. */
export function Overview() {
  const { report, findings } = useModel();
  const { trend } = useBeside();
  // Printing this screen prints all of them, and paper waits for nothing.
  useLinkGraph();
  const { verdict, summary } = report;
  const first = summary.fixFirst.flatMap((id) => findings.get(id) ?? []).slice(0, FIRST);
  useKeys(
    Object.fromEntries(
      report.scanners
        .slice(0, 9)
        .map(({ id }, i) => [
          String(i + 1),
          () => go({ screen: 'findings', open: null, filter: { ...NO_FILTER, module: id } }),
        ]),
    ),
  );
  return (
    <div className={styles['overview']}>
      <VerdictPart />
      <Counts />
      {first.length > 0 && (
        <section aria-labelledby="first">
          <h2 id="first">Fix first</h2>
          <ol className={styles['fixes']}>
            {first.map((finding) => (
              <Fix key={finding.id} finding={finding} />
            ))}
          </ol>
        </section>
      )}
      {first.length === 0 && verdict.status !== 'nothing' && <NothingToFix />}
      <ScoreStrips />
      <PagesHistogram findings={report.findings} />
      <Trend title="Faults, run by run" points={trend} />
      <RunFacts />
    </div>
  );
}

function VerdictPart() {
  const { verdict, coverage } = useModel().report;
  return (
    <section aria-labelledby="verdict">
      {verdict.status !== 'complete' && (
        <p className={styles['state']}>{verdict.status === 'nothing' ? 'Nothing scanned' : 'Incomplete'}</p>
      )}
      <h1 id="verdict" className={styles['verdict']}>
        {verdict.sentence.replace(/^Incomplete: /, '')}
      </h1>
      <p className={styles['coverage']}>
        {coverage.sentence} <a href={linkTo('coverage')}>What was looked at</a>
      </p>
      <Changes />
      {verdict.reasons.length > 0 && (
        <ul className={styles['reasons']} aria-label="Why it is not complete">
          {verdict.reasons.map((reason) => (
            <li key={`${reason.code} ${reason.scanner ?? ''}`}>
              {reason.sentence}{' '}
              {reason.count > 1 && <span className={styles['quiet']}>({reason.count.toLocaleString('en')} times)</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Counts() {
  const { summary } = useModel().report;
  return (
    <section aria-label="Causes by severity">
      <div className={styles['strip']}>
        <SeverityStrip counts={summary.causes} width={1120} height={10} />
      </div>
      <ul className={styles['counts']}>
        {MARKS.map((mark) => {
          const causes = summary.causes[mark];
          const inner = (
            <>
              <span className={styles['number']}>{causes.toLocaleString('en')}</span>
              <span className={styles['word']}>
                <Glyph mark={mark} /> {wordOf(mark)}
              </span>
              <span className={styles['places']}>{count(summary.occurrences[mark], 'place')}</span>
            </>
          );
          return (
            <li key={mark} className={causes === 0 ? styles['none'] : undefined}>
              {causes === 0 ? <div>{inner}</div> : <a href={linkTo('findings', { marks: [mark] })}>{inner}</a>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Fix({ finding }: { readonly finding: ReportFinding }) {
  const shot = finding.occurrences.find((o) => o.screenshot !== null)?.screenshot ?? null;
  const place = finding.occurrences[0];
  return (
    <li className={styles['fix']}>
      <div className={styles['fixText']}>
        <p className={styles['fixMeta']}>
          <Severity mark={markOf(finding)} />
          <span>
            {finding.pagesAffected > 0 ? count(finding.pagesAffected, 'page') : 'whole site'} ·{' '}
            {count(finding.occurrencesTotal, 'place')}
          </span>
        </p>
        <h3>
          <a href={linkToFinding(finding.id)}>{finding.title}</a>
        </h3>
        <p className={styles['how']}>{finding.howToFix}</p>
        {place?.file && (
          <p className={styles['file']}>
            <code>
              <bdi>{place.file}</bdi>
              {place.line === null ? '' : `:${place.line}`}
            </code>
          </p>
        )}
      </div>
      {shot !== null && <Picture image={shot} alt="" className={styles['crop']} quiet />}
    </li>
  );
}

/** A clean result says what it does not say. */
function NothingToFix() {
  const { report } = useModel();
  const left = report.coverage.modules.filter((m) => m.failed > 0 || m.sampled).map((m) => m.sentence);
  return (
    <section aria-labelledby="clean">
      <h2 id="clean">Nothing to fix was found</h2>
      <p className={styles['how']}>
        That holds for what automatic checks can see: the {count(report.coverage.totals.pagesScanned, 'page')} above and
        the modules {report.scanners.map((s) => s.title).join(', ')}. A person still finds what no tool can.
      </p>
      {left.length > 0 && (
        <ul className={styles['reasons']}>
          {left.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
