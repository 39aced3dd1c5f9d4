import { z } from '@hono/zod-openapi';
import { redactReport, type Report } from '@stageflow/engine/report';
import { shareClassOf } from './class.ts';
import { parseReport } from '../press/stored-report.ts';

/** Files named per class; the counts are of all. */
const MOST_FILES = 100;

const FileClass = z.object({
  class: z.enum(['pictures', 'har', 'raw', 'traces', 'transcripts']),
  /** `always`, or only when it is ticked. */
  given: z.enum(['always', 'when ticked']),
  count: z.number().int(),
  bytes: z.number().int(),
  /** The first 100. */
  files: z.array(z.object({ path: z.string(), bytes: z.number().int() })),
});

/** What a share of a job would show, said before it is made. */
export const SharePreview = z
  .object({
    pages: z.number().int(),
    findings: z.number().int(),
    /** Pictures of whole pages. */
    screenshots: z.number().int(),
    /** Pictures of single elements. */
    crops: z.number().int(),
    /** Pieces of markup quoted in findings. */
    snippets: z.number().int(),
    classes: z.array(FileClass),
    /** What is masked in the report, with examples in which it is masked already. */
    redactions: z.array(
      z.object({
        kind: z.string(),
        count: z.number().int(),
        examples: z.array(z.object({ field: z.string(), text: z.string() })),
      }),
    ),
    /** What a person should know before saying yes. */
    notes: z.array(z.string()),
  })
  .openapi('SharePreview');
export type SharePreview = z.infer<typeof SharePreview>;

const NOTES = [
  'Screenshots and crops are shown as they are: what can be read on them can be read by anyone with the link.',
  'HAR, raw results, traces and transcripts are given only when ticked, and then as they are: nothing in them is masked.',
  'Masking looks for logins, keys, e-mail addresses and random strings. Names and prices that a page shows stay in its snippets.',
  'Anyone who has the link can open it until it ends or is taken back. Search engines are asked not to list it.',
];

/** Whose preview it is. */
export interface PreviewOrder {
  readonly jobId: string;
}

/** Says what a share would expose of the report in those bytes; null when it is of another contract or of another job. */
export function makePreview({ jobId }: PreviewOrder, [bytes]: readonly Uint8Array[]): SharePreview | null {
  const report = parseReport(bytes, jobId);
  return report && previewOf(report);
}

/** Says what a share of a report would expose. Pure. */
function previewOf(report: Report): SharePreview {
  const { report: redacted, redactions } = redactReport(report);
  const jobFolder = `${report.job.id}/`;
  const classes = (['pictures', 'har', 'raw', 'traces', 'transcripts'] as const).map((name) => {
    const files = redacted.artifacts.filter((artifact) => shareClassOf(artifact) === name);
    return {
      class: name,
      given: name === 'pictures' ? ('always' as const) : ('when ticked' as const),
      count: files.length,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
      files: files.slice(0, MOST_FILES).map(({ key, size }) => ({
        path: key.startsWith(jobFolder) ? key.slice(jobFolder.length) : key,
        bytes: size,
      })),
    };
  });
  const occurrences = redacted.findings.flatMap((finding) => finding.occurrences);
  return {
    pages: redacted.pages.length,
    findings: redacted.findings.length,
    screenshots: new Set(redacted.pages.flatMap(({ screenshot }) => screenshot ?? [])).size,
    crops: new Set(occurrences.flatMap(({ screenshot }) => screenshot ?? [])).size,
    snippets: occurrences.filter(({ snippet }) => snippet !== null).length,
    classes,
    redactions: redactions.map(({ kind, count, examples }) => ({ kind, count, examples: [...examples] })),
    notes: NOTES,
  };
}
