import type { ReportFinding } from '@stageflow/engine/report-schema';
import { Paged } from '../ui/paged.tsx';
import { count } from './words.ts';
import { useModel } from './model.ts';
import styles from './occurrences.module.css';

const PART = 50;

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
  const rows = finding.occurrences.map((place, at) => ({ place, at }));
  if (rows.length < 2) return null;
  // What is the same everywhere is said once, above.
  const differs = rows.some(
    ({ place }) => place.message !== rows[0]?.place.message || place.outcome !== rows[0]?.place.outcome,
  );
  const left = finding.occurrencesTotal - rows.length;
  return (
    <section aria-labelledby="places">
      <h2 id="places" className={styles['title']}>
        All places
      </h2>
      <Paged items={rows} size={PART} noun="places">
        {(part) => (
          <table>
            <thead>
              <tr>
                <th scope="col">Page</th>
                <th scope="col">Element</th>
                <th scope="col">File</th>
                {differs && <th scope="col">Measured</th>}
                <th scope="col">
                  <span className={styles['hidden']}>Show</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {part.map(({ place, at }, index) => {
                const path = place.pageId === null ? 'whole site' : (pages.get(place.pageId)?.path ?? place.url);
                const repeats = index > 0 && part[index - 1]?.place.pageId === place.pageId;
                return (
                  <tr key={at} className={at === shown ? styles['shown'] : undefined}>
                    <td className={repeats ? styles['repeats'] : undefined}>{path}</td>
                    <td>
                      <code>{place.selector ?? place.target ?? '–'}</code>
                    </td>
                    <td>
                      <code>
                        {place.file === null ? '–' : `${place.file}${place.line === null ? '' : `:${place.line}`}`}
                      </code>
                    </td>
                    {differs && (
                      <td className={styles['message']}>
                        {place.outcome === 'needs-review' && finding.outcome === 'fail' && <em>needs review here. </em>}
                        {place.message ?? ''}
                      </td>
                    )}
                    <td>
                      <button
                        type="button"
                        aria-label={`Show place ${at + 1} on ${path}`}
                        aria-pressed={at === shown}
                        onClick={() => {
                          show(at);
                          window.scrollTo(0, 0);
                        }}
                      >
                        Show
                      </button>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
      </Paged>
      {left > 0 && <p className={styles['message']}>{count(left, 'more place')} are counted but not listed.</p>}
    </section>
  );
}
