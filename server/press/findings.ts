import { CellFindings, Outcome, SEVERITIES, Severity, type ScannerFinding } from '@stageflow/engine/scanner';
import { z } from '@hono/zod-openapi';

/** What one rule says of a job so far. */
export const FoundSoFar = z
  .object({
    scanner: z.string(),
    rule: z.string(),
    title: z.string(),
    severity: Severity,
    outcome: Outcome,
    howToFix: z.string(),
    /** Pages and places among the cells that were read. */
    pages: z.number().int(),
    places: z.number().int(),
    /** One of the places. */
    first: z
      .object({
        pageId: z.string(),
        selector: z.string().nullable(),
        snippet: z.string().nullable(),
        url: z.string().nullable(),
        message: z.string().nullable(),
        /** Path of a picture among the job's artifacts. */
        screenshot: z.string().nullable(),
      })
      .nullable(),
  })
  .openapi('FoundSoFar');
export type FoundSoFar = z.infer<typeof FoundSoFar>;

/** A cell whose findings are read. */
export interface CellPlace {
  readonly scanner: string;
  readonly pageId: string;
}

/** Cells in the order of their sources. */
export interface FindingsOrder {
  readonly jobId: string;
  readonly cells: readonly CellPlace[];
  /** Most that are told. */
  readonly most: number;
}

/** What the cells say together. */
export interface JoinedFindings {
  /** Worst first. */
  readonly findings: readonly FoundSoFar[];
  /** Cells whose findings are not what they should be. */
  readonly unreadable: readonly CellPlace[];
}

/** Joins what one rule says of several pages. */
function join(rows: Map<string, FoundSoFar>, jobId: string, cell: CellPlace, finding: ScannerFinding): void {
  const { rule, title, severity, outcome, howToFix, occurrences } = finding;
  const id = `${cell.scanner}/${rule}/${title}`;
  const known = rows.get(id);
  const places = Math.max(1, occurrences.length);
  if (known) {
    rows.set(id, { ...known, pages: known.pages + 1, places: known.places + places });
    return;
  }
  const [place] = occurrences;
  const first = place && {
    pageId: place.pageId ?? cell.pageId,
    selector: place.selector ?? null,
    snippet: place.snippet ?? null,
    url: place.url ?? null,
    message: place.message ?? null,
    screenshot: place.screenshot?.startsWith(`${jobId}/`) ? place.screenshot.slice(jobId.length + 1) : null,
  };
  const said = { scanner: cell.scanner, rule, title, severity, outcome, howToFix };
  rows.set(id, { ...said, pages: 1, places, first: first ?? null });
}

const rank = ({ severity, outcome }: FoundSoFar) =>
  SEVERITIES.indexOf(severity) + (outcome === 'fail' ? 0 : SEVERITIES.length);

/** Joins the findings of cells as their modules said them; each source is the JSON of one cell. */
export function joinFindings({ jobId, cells, most }: FindingsOrder, sources: readonly Uint8Array[]): JoinedFindings {
  const rows = new Map<string, FoundSoFar>();
  const unreadable: CellPlace[] = [];
  for (const [at, cell] of cells.entries()) {
    try {
      const { findings } = CellFindings.parse(JSON.parse(new TextDecoder().decode(sources[at])));
      for (const finding of findings) join(rows, jobId, cell, finding);
    } catch {
      unreadable.push(cell);
    }
  }
  const findings = [...rows.values()].sort((a, b) => rank(a) - rank(b) || b.places - a.places);
  return { findings: findings.slice(0, most), unreadable };
}
