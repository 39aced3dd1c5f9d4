import type { Report } from '../report/schema.ts';
import type { History } from './history.ts';
import type { AggregateInput } from './input.ts';

type Facts = Report['provenance']['queue'];

const MOST_CONNECTIONS = 2000;

/** How the report came about. */
export function provenanceOf(input: AggregateInput, history: History): Report['provenance'] {
  const { job, spec, provenance } = input;
  const cells: Record<string, number> = {};
  for (const cell of history.cells.values())
    cells[cell.scanner] = Math.round((cells[cell.scanner] ?? 0) + cell.milliseconds);
  const notes = [...new Set([...provenance.attempts.flatMap((a) => a.notes), ...(history.site?.notes ?? [])])];
  return {
    engine: provenance.engine,
    node: provenance.node,
    isolation: spec.isolation,
    inputSha256: spec.source.kind === 'zip' ? spec.source.sha256 : null,
    queue: plain(provenance.queue),
    notes,
    attempts: provenance.attempts
      .toSorted((a, b) => a.attempt - b.attempt)
      .map((a) => ({
        attempt: a.attempt,
        startedAt: new Date(a.startedAt).toISOString(),
        endedAt: new Date(a.endedAt).toISOString(),
        end: a.end,
        browser: a.browser,
        sandbox: a.sandbox === null ? null : plain(a.sandbox),
        pod: plain(a.pod),
        versions: plain(a.versions),
        egress: a.egress.slice(0, MOST_CONNECTIONS).map(plain),
      })),
    timings: { total: job.finishedAt === null ? null : Math.max(0, job.finishedAt - job.createdAt), cells },
  };
}

/** Facts as text, numbers, truths; anything else as its JSON. */
function plain(record: Readonly<Record<string, unknown>>): Facts {
  const rows = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(rows.map(([key, value]) => [key, isPlain(value) ? value : JSON.stringify(value)]));
}

function isPlain(value: unknown): value is string | number | boolean | null {
  return (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}
