import type { ReportFinding } from '@stageflow/engine/report-schema';
import { Figure } from '../ui/figure.tsx';
import { PlainTable } from '../ui/plain-table.tsx';
import { useModel } from './model.ts';
import styles from './places-by-page.module.css';
import { count } from './words.ts';

const MOST = 12;
const ROW = 24;

/** The pages on which a cause shows most, as bars. */
export function PlacesByPage({ finding }: { readonly finding: ReportFinding }) {
  const { pages } = useModel();
  const counts = new Map<string, number>();
  for (const { pageId } of finding.occurrences) if (pageId !== null) counts.set(pageId, (counts.get(pageId) ?? 0) + 1);
  const rows = [...counts].map(([id, n]) => ({ path: pages.get(id)?.path ?? id, n })).toSorted((a, b) => b.n - a.n);
  const most = rows[0]?.n ?? 0;
  // Bars of one length tell nothing that the number of pages does not.
  if (rows.length < 3 || most === rows.at(-1)?.n) return null;
  const drawn = rows.slice(0, MOST);
  return (
    <Figure
      title="Places by page"
      says={`${count(rows.length, 'page')}, at most ${count(most, 'place')} on one${rows.length > MOST ? `; the ${MOST} pages with most are drawn` : ''}.`}
      table={
        <PlainTable
          head={['Page', 'Places']}
          rows={rows.slice(0, 500).map(({ path, n }) => [path, n.toLocaleString('en')])}
        />
      }
    >
      {(width, named) => {
        const label = Math.min(260, Math.floor(width * 0.45));
        const room = width - label - 60;
        return (
          <svg
            role="img"
            {...named}
            width={width}
            height={drawn.length * ROW}
            viewBox={`0 0 ${width} ${drawn.length * ROW}`}
          >
            {drawn.map(({ path, n }, i) => (
              <g key={path} transform={`translate(0 ${i * ROW})`}>
                <text x="0" y="16">
                  {path.length > label / 6.6 ? `…${path.slice(-Math.floor(label / 6.6))}` : path}
                </text>
                <rect className={styles['bar']} x={label} y="5" width={Math.max(2, (room * n) / most)} height="14" />
                <text x={label + (room * n) / most + 8} y="16">
                  {n.toLocaleString('en')}
                </text>
              </g>
            ))}
          </svg>
        );
      }}
    </Figure>
  );
}
