import type { ReportFinding } from '@stageflow/engine/report-schema';
import { Figure } from '../ui/figure.tsx';
import { PlainTable } from '../ui/plain-table.tsx';
import { countsInWords, SeverityStrip } from '../ui/severity-strip.tsx';
import { markOf } from '../ui/severity.tsx';
import { binsOf, type Bin } from './bins.ts';
import { count } from './words.ts';

/** Fewest causes worth a picture. */
const FEW = 5;
const [LABEL, ROW] = [108, 26];

/** How many causes show on how many pages: a template's fault stands far down, a single page's at the top. */
export function PagesHistogram({ findings }: { readonly findings: readonly ReportFinding[] }) {
  if (findings.length < FEW) return null;
  const bins = binsOf(findings.map((f) => ({ pages: f.pagesAffected, mark: markOf(f) })));
  const most = Math.max(...bins.map((bin) => bin.causes));
  const wide = bins.toReversed().find((bin) => bin.causes > 0);
  const says = `${count(findings.length, 'cause')}; the most widespread show on ${wide?.name ?? 'no page'}.`;
  return (
    <Figure
      title="How many pages a cause shows on"
      says={says}
      table={
        <PlainTable
          head={['Pages', 'Causes', 'Of which']}
          rows={bins.map((bin) => [bin.name, bin.causes.toLocaleString('en'), countsInWords(bin.counts)])}
        />
      }
    >
      {(width, named) => (
        <svg
          role="img"
          {...named}
          width={width}
          height={bins.length * ROW}
          viewBox={`0 0 ${width} ${bins.length * ROW}`}
        >
          {bins.map((bin, row) => (
            <BinRow key={bin.name} bin={bin} top={row * ROW} width={width} most={most} />
          ))}
        </svg>
      )}
    </Figure>
  );
}

function BinRow({
  bin,
  top,
  width,
  most,
}: {
  readonly bin: Bin;
  readonly top: number;
  readonly width: number;
  readonly most: number;
}) {
  const room = Math.max(40, width - LABEL - 56);
  const long = (room * bin.causes) / Math.max(1, most);
  return (
    <g transform={`translate(0 ${top})`}>
      <text x="0" y="16">
        {bin.name}
      </text>
      <svg x={LABEL} y="5" width={room} height="14">
        <SeverityStrip counts={bin.counts} width={room} height={14} scale={most} />
      </svg>
      <text x={LABEL + long + 12} y="16">
        {bin.causes.toLocaleString('en')}
      </text>
    </g>
  );
}
