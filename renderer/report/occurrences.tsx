import type { ReportFinding, ReportOccurrence } from '@stageflow/engine/report-schema';
import { useMemo } from 'react';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { useModel } from './model.ts';
import styles from './occurrences.module.css';
import { PlacesByPage } from './places-by-page.tsx';
import { count } from './words.ts';

/** All places of a cause, by page; a row shows its place above. */
export function Occurrences({
  finding,
  shown,
  show,
}: {
  readonly finding: ReportFinding;
  readonly shown: number;
  readonly show: (at: number) => void;
}) {
  const { pages } = useModel();
  const places = finding.occurrences;
  const columns = useMemo((): readonly Column<ReportOccurrence>[] => {
    // What is the same everywhere is said once, above.
    const differs = places.some((o) => o.message !== places[0]?.message || o.outcome !== places[0]?.outcome);
    const pathOf = (o: ReportOccurrence) => (o.pageId === null ? 'whole site' : (pages.get(o.pageId)?.path ?? o.url));
    return [
      {
        name: 'Page',
        narrow: 'bare',
        rowHead: true,
        cell: (o, at) => (
          <span className={places[at - 1]?.pageId === o.pageId ? styles['repeats'] : undefined}>{pathOf(o)}</span>
        ),
      },
      { name: 'Element', cell: (o) => <code className={styles['code']}>{o.selector ?? o.target ?? '–'}</code> },
      {
        name: 'File',
        cell: (o) => (
          <code className={styles['code']}>
            {o.file === null ? '–' : `${o.file}${o.line === null ? '' : `:${o.line}`}`}
          </code>
        ),
      },
      ...(differs
        ? [
            {
              name: 'Measured',
              cell: (o: ReportOccurrence) => (
                <span className={styles['message']}>
                  {o.outcome === 'needs-review' && finding.outcome === 'fail' && <em>needs review here. </em>}
                  {o.message ?? ''}
                </span>
              ),
            },
          ]
        : []),
      {
        name: 'Show',
        width: 90,
        head: <span className={styles['hidden']}>Show</span>,
        narrow: 'bare',
        cell: (o, at) => (
          <button
            type="button"
            className={styles['show']}
            aria-label={`Show place ${at + 1} on ${pathOf(o)}`.slice(0, 200)}
            aria-pressed={at === shown}
            onClick={() => {
              show(at);
              document.querySelector('[data-report-screen]')?.scrollIntoView({ block: 'start' });
            }}
          >
            Show
          </button>
        ),
      },
    ];
  }, [places, pages, finding.outcome, shown, show]);
  if (places.length < 2) return null;
  const left = finding.occurrencesTotal - places.length;
  return (
    <section aria-labelledby="places">
      <h2 id="places" className={styles['title']}>
        All {count(places.length, 'place')}
      </h2>
      <PlacesByPage finding={finding} />
      <DataTable
        items={places}
        columns={columns}
        keyOf={(_, at) => at}
        label="Places"
        estimate={54}
        rowClass={(_, at) => (at === shown ? styles['shown'] : undefined)}
      />
      {left > 0 && (
        <p className={styles['message']}>{`${left.toLocaleString('en')} more`} are counted but not listed.</p>
      )}
    </section>
  );
}
