import { readTimeline } from '@stageflow/engine/drawing';
import type { ReportPage } from '@stageflow/engine/report-schema';
import { markOf, Severity } from '../ui/severity.tsx';
import { WebLink } from '../ui/web-link.tsx';
import { Filmstrip } from './filmstrip.tsx';
import { useModel } from './model.ts';
import styles from './page-detail.module.css';
import { Picture } from './picture.tsx';
import { linkTo, linkToFinding, NO_FILTER } from './route.ts';
import table from './table.module.css';
import { useDrawing } from './use-drawing.ts';
import { Waterfall } from './waterfall.tsx';
import { count, duration } from './words.ts';

/** One page: what it is, its numbers, how it loaded, what is wrong on it, and what it looked like. */
export function PageDetail({ page }: { readonly page: ReportPage }) {
  const { report, scannerTitles, pages } = useModel();
  const here = report.findings.filter((f) => f.occurrences.some((o) => o.pageId === page.id));
  const cells = report.coverage.pages.find((row) => row.pageId === page.id)?.modules ?? [];
  const scores = report.scanners.flatMap((scanner) =>
    scanner.scores.flatMap((score) => {
      const measured = score.pages.find((row) => row.pageId === page.id);
      return measured?.value == null ? [] : [{ title: score.title, ...measured }];
    }),
  );
  const served = report.job.source.kind === 'zip';
  return (
    <article>
      <nav aria-label="Pages" className={styles['path']}>
        <a href={linkTo('pages')}>All pages</a>
      </nav>
      <h1 className={styles['title']}>{page.path}</h1>
      {page.title !== null && <p className={styles['sub']}>{page.title}</p>}
      <dl className={table['facts']}>
        <dt>Visit</dt>
        <dd>
          {page.status.replace('-', ' ')}
          {page.httpStatus !== null && `, HTTP ${page.httpStatus}`}
        </dd>
        {!served && (
          <>
            <dt>Address</dt>
            <dd>
              <WebLink href={page.finalUrl ?? page.url} />
            </dd>
          </>
        )}
        <dt>Depth</dt>
        <dd>{page.depth === 0 ? 'an entry' : `${count(page.depth, 'click')} from an entry`}</dd>
        {page.duplicateOf !== null && (
          <>
            <dt>Repeats</dt>
            <dd>{pages.get(page.duplicateOf)?.path ?? page.duplicateOf}</dd>
          </>
        )}
        {scores.map((score) => (
          <div key={score.title} className={styles['pair']}>
            <dt>{score.title}</dt>
            <dd>
              {score.value}
              {score.spread !== null && score.runs !== null && score.runs > 1 && (
                <span className={table['quiet']}>
                  {' '}
                  {score.spread[0]} to {score.spread[1]} in {score.runs} runs
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <Load pageId={page.id} path={page.path} />
      <h2 className={table['heading']}>What is wrong here</h2>
      {here.length === 0 ? (
        <p className={table['lead']}>
          {page.status === 'scanned' ? 'No module found anything on this page.' : 'It was not looked at.'}
        </p>
      ) : (
        <ul className={styles['causes']}>
          {here.map((f) => (
            <li key={f.id}>
              <Severity mark={markOf(f)} />
              <a href={linkToFinding(f.id, { ...NO_FILTER, page: page.id })}>{f.title}</a>
              <span className={table['quiet']}>
                {count(f.occurrences.filter((o) => o.pageId === page.id).length, 'place')}
              </span>
            </li>
          ))}
        </ul>
      )}
      <h2 className={table['heading']}>Modules</h2>
      <dl className={table['facts']}>
        {cells.map((cell) => (
          <div key={cell.scanner} className={styles['pair']}>
            <dt>{scannerTitles.get(cell.scanner) ?? cell.scanner}</dt>
            <dd>
              {cell.outcome.replace('-', ' ')}
              {cell.milliseconds !== null && cell.outcome === 'ok' && ` in ${duration(cell.milliseconds)}`}
              {cell.reason !== null && cell.outcome !== 'ok' && `: ${cell.reason}`}
            </dd>
          </div>
        ))}
      </dl>
      {page.screenshot !== null && (
        <>
          <h2 className={table['heading']}>What it looked like</h2>
          <div className={styles['sheet']} tabIndex={0} role="region" aria-label="Picture of the page">
            <Picture image={page.screenshot} alt={`Full page ${page.path}`} className={styles['whole']} />
          </div>
        </>
      )}
    </article>
  );
}

/** Filmstrip and waterfall, where a module measured the load. */
function Load({ pageId, path }: { readonly pageId: string; readonly path: string }) {
  const { report } = useModel();
  const key = report.artifacts.find((a) => a.pageId === pageId && a.key.endsWith('/timeline.json'))?.key ?? null;
  const drawing = useDrawing(key, readTimeline);
  if (drawing.state === 'none' && key !== null)
    return <p className={table['lead']}>How it loaded was measured, but the drawing’s data is not in this file.</p>;
  if (drawing.state !== 'ready') return null;
  return (
    <section aria-label="How it loaded">
      <h2 className={table['heading']}>How it loaded</h2>
      <p className={table['lead']}>
        As the browser saw it in the run that was kept, at full speed; the score simulates a slower line.
      </p>
      <Filmstrip timeline={drawing.data} path={path} />
      <Waterfall timeline={drawing.data} />
    </section>
  );
}
