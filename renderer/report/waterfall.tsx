import type { PageTimeline, TimelineRequest } from '@stageflow/engine/drawing';
import { Figure } from '../ui/figure.tsx';
import { PlainTable } from '../ui/plain-table.tsx';
import styles from './waterfall.module.css';
import { count, duration, size } from './words.ts';

/** Requests drawn; the table has them all. */
const MOST = 60;
const [ROW, AXIS] = [20, 22];

/** When each request of a load began and ended. */
export function Waterfall({ timeline }: { readonly timeline: PageTimeline }) {
  const requests = timeline.requests.toSorted((a, b) => a.start - b.start);
  if (requests.length === 0) return null;
  const failed = requests.filter(isFailed).length;
  const bytes = requests.reduce((sum, r) => sum + r.bytes, 0);
  const says = [
    `${count(requests.length, 'request')}, ${size(bytes)}, until ${duration(endOf(timeline))}`,
    failed > 0 ? `${failed} failed` : null,
    requests.length > MOST ? `the first ${MOST} are drawn` : null,
  ];
  return (
    <Figure
      title="What was loaded when"
      says={`${says.filter((s) => s !== null).join('; ')}.`}
      table={
        <PlainTable
          head={['Address', 'Kind', 'Status', 'From', 'Took', 'Size']}
          rows={requests.map((r) => [
            <span key="a" className={styles['address']}>
              {r.url}
            </span>,
            r.kind,
            r.status ?? 'no answer',
            duration(r.start),
            duration(r.end - r.start),
            size(r.bytes),
          ])}
        />
      }
    >
      {(width, named) => <Bars requests={requests.slice(0, MOST)} timeline={timeline} width={width} named={named} />}
    </Figure>
  );
}

/** When the last request or moment ends; pictures may go on for longer. */
const endOf = ({ requests, marks }: PageTimeline) =>
  Math.max(1, ...requests.map((r) => r.end), ...marks.map((m) => m.at));

const isFailed = ({ status }: TimelineRequest) => status === null || status >= 400;

function Bars({
  requests,
  timeline,
  width,
  named,
}: {
  readonly requests: readonly TimelineRequest[];
  readonly timeline: PageTimeline;
  readonly width: number;
  readonly named: { readonly 'aria-labelledby': string; readonly 'aria-describedby': string };
}) {
  const label = Math.min(220, Math.floor(width * 0.36));
  const room = width - label - 64;
  const height = AXIS + requests.length * ROW;
  const end = endOf(timeline);
  const x = (at: number) => label + (room * at) / end;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => part * end);
  return (
    <svg role="img" {...named} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      {(width < 480 ? [ticks[0] ?? 0, ticks[4] ?? 0] : ticks).map((at) => (
        <g key={at}>
          <path className={styles['grid']} d={`M${x(at)} ${AXIS - 4}V${height}`} />
          <text x={x(at)} y="12" textAnchor={at === 0 ? 'start' : 'middle'}>
            {duration(at)}
          </text>
        </g>
      ))}
      {timeline.marks.map(({ name, at }) => (
        <path key={name} className={styles['mark']} d={`M${x(at)} ${AXIS - 4}V${height}`}>
          <title>{`${name} ${duration(at)}`}</title>
        </path>
      ))}
      {requests.map((r, i) => {
        const [from, to] = [x(r.start), x(r.end)];
        return (
          <g key={i} transform={`translate(0 ${AXIS + i * ROW})`}>
            <text x="0" y="14">
              {shortName(r.url, Math.floor(label / 7) - 1)}
            </text>
            <rect
              className={isFailed(r) ? styles['failed'] : styles['bar']}
              x={from}
              y="4"
              width={Math.max(2, to - from)}
              height="12"
            />
            {isFailed(r) && <path className={styles['cross']} d={`M${to + 5} 5l9 10m0 -10l-9 10`} />}
            <text x={to + (isFailed(r) ? 20 : 6)} y="14">
              {r.status === null ? 'failed' : r.status >= 400 ? r.status : duration(r.end - r.start)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

/** The end of an address, which tells files apart. */
function shortName(url: string, letters: number): string {
  const { pathname, host } = URL.parse(url) ?? { pathname: url, host: '' };
  const name = pathname === '/' ? host : (pathname.split('/').findLast((part) => part !== '') ?? pathname);
  return name.length > letters ? `…${name.slice(-Math.max(1, letters - 1))}` : name;
}
