import type { PageTimeline } from '@stageflow/engine/drawing';
import { Figure } from '../ui/figure.tsx';
import { PlainTable } from '../ui/plain-table.tsx';
import { duration } from './words.ts';

/** Small pictures of a page while it loaded, with the moments that have a name. */
export function Filmstrip({ timeline, path }: { readonly timeline: PageTimeline; readonly path: string }) {
  const { frames, marks } = timeline;
  if (frames.length === 0) return null;
  const says = marks.map(({ name, at }) => `${name.toLowerCase()} at ${duration(at)}`).join(', ');
  return (
    <Figure
      title="How it came into view"
      says={says === '' ? `${frames.length} pictures of ${path}.` : `${says[0]?.toUpperCase()}${says.slice(1)}.`}
      table={
        <PlainTable
          head={['Time', 'What']}
          rows={[
            ...marks.map(({ name, at }) => ({ at, what: name })),
            ...frames.map(({ at }) => ({ at, what: 'picture' })),
          ]
            .toSorted((a, b) => a.at - b.at)
            .map(({ at, what }) => [duration(at), what])}
        />
      }
    >
      {(width, named) => <Strip timeline={timeline} width={width} named={named} />}
    </Figure>
  );
}

const [GAP, TALL, LABELS] = [6, 96, 20];

function Strip({
  timeline: { frames },
  width,
  named,
}: {
  readonly timeline: PageTimeline;
  readonly width: number;
  readonly named: { readonly 'aria-labelledby': string; readonly 'aria-describedby': string };
}) {
  const each = Math.min(
    150,
    Math.floor((width + GAP) / Math.min(frames.length, Math.max(2, Math.floor(width / 90)))) - GAP,
  );
  const perRow = Math.max(1, Math.floor((width + GAP) / (each + GAP)));
  const rows = Math.ceil(frames.length / perRow);
  const height = rows * (TALL + LABELS + GAP);
  return (
    <svg role="img" {...named} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      {frames.map(({ at, picture }, i) => {
        const x = (i % perRow) * (each + GAP);
        const y = Math.floor(i / perRow) * (TALL + LABELS + GAP);
        return (
          <g key={i} transform={`translate(${x} ${y})`}>
            <image href={picture} width={each} height={TALL} preserveAspectRatio="xMidYMin slice" />
            <rect x="0.5" y="0.5" width={each - 1} height={TALL - 1} fill="none" stroke="var(--control)" />
            <text x="0" y={TALL + 14}>
              {duration(at)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
