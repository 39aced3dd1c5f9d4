import { Figure } from '../ui/figure.tsx';
import { PlainTable } from '../ui/plain-table.tsx';
import styles from './trend.module.css';

/** One run of a trend, oldest first. */
export interface TrendPoint {
  /** The run's name for people: its label or its time. */
  readonly name: string;
  /** Null when the run did not measure it: a gap, never a zero. */
  readonly value: number | null;
}

const [TALL, EDGE, LABEL] = [140, 12, 44];

/** A number over the runs of one site. `most` fixes the top of the scale (100 for scores); without it the highest value does. */
export function Trend({
  title,
  points,
  most,
}: {
  readonly title: string;
  readonly points: readonly TrendPoint[];
  readonly most?: number;
}) {
  const known = points.flatMap(({ value }) => value ?? []);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined || points.length < 2) return null;
  const moved =
    last === first ? 'the same as at first' : `${last > first ? 'up' : 'down'} from ${first.toLocaleString('en')}`;
  const missing = points.length - known.length;
  return (
    <Figure
      title={title}
      says={`Now ${last.toLocaleString('en')}, ${moved}, over ${points.length} runs${missing > 0 ? `; ${missing} did not measure it` : ''}.`}
      table={
        <PlainTable
          head={['Run', title]}
          rows={points.map(({ name, value }) => [name, value?.toLocaleString('en') ?? 'not measured'])}
        />
      }
    >
      {(width, named) => {
        const top = Math.max(1, most ?? Math.max(...known));
        const x = (i: number) => LABEL + ((width - LABEL - EDGE) * i) / (points.length - 1);
        const y = (value: number) => EDGE + (TALL - 2 * EDGE) * (1 - Math.min(1, value / top));
        return (
          <svg role="img" {...named} width={width} height={TALL} viewBox={`0 0 ${width} ${TALL}`}>
            {[0, top].map((value) => (
              <g key={value}>
                <path className={styles['grid']} d={`M${LABEL} ${y(value)}H${width - EDGE}`} />
                <text x={LABEL - 8} y={y(value) + 4} textAnchor="end">
                  {value.toLocaleString('en')}
                </text>
              </g>
            ))}
            <path className={styles['line']} d={pathOf(points, x, y)} />
            {points.map(({ name, value }, i) =>
              value === null ? null : (
                <circle key={i} className={styles['dot']} cx={x(i)} cy={y(value)} r="3.5">
                  <title>{`${name}: ${value}`}</title>
                </circle>
              ),
            )}
          </svg>
        );
      }}
    </Figure>
  );
}

/** A line through the known points that breaks where one is missing. */
function pathOf(points: readonly TrendPoint[], x: (i: number) => number, y: (value: number) => number): string {
  let pen = 'M';
  return points
    .map(({ value }, i) => {
      const step = value === null ? '' : `${pen}${x(i)} ${y(value)}`;
      pen = value === null ? 'M' : 'L';
      return step;
    })
    .join('');
}
