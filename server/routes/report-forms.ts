import type { Engine } from '@stageflow/engine';
import { artifactKeys } from '@stageflow/engine/artifact';
import { StageflowError } from '@stageflow/engine/kernel';
import { Report, renderCsv, renderGitlab, renderJunit, renderMarkdown, renderSarif } from '@stageflow/engine/report';

/** Forms of a report over HTTP. */
export const REPORT_FORMS = ['json', 'html', 'sarif', 'junit', 'csv', 'md', 'gitlab', 'zip'] as const;
export type ReportForm = (typeof REPORT_FORMS)[number];

/** Largest report that is read into memory to be written in another form. Whole reports are streamed. */
const MOST_BYTES = 64 * 2 ** 20;

/** Forms that are written from the report when they are asked for: media type, and the end of the file's name. */
export const WRITTEN_FORMS = {
  sarif: { type: 'application/sarif+json', ending: 'sarif', write: renderSarif },
  junit: { type: 'application/xml', ending: 'junit.xml', write: renderJunit },
  csv: { type: 'text/csv; charset=utf-8', ending: 'csv', write: renderCsv },
  md: { type: 'text/markdown; charset=utf-8', ending: 'md', write: renderMarkdown },
  gitlab: {
    type: 'application/json',
    ending: 'gitlab.json',
    write: (report: Report) => Object.values(renderGitlab(report))[0] ?? '[]',
  },
} as const satisfies Record<
  Exclude<ReportForm, 'json' | 'html' | 'zip'>,
  { type: string; ending: string; write: (report: Report) => string }
>;

/** A job's report; `no_report` when there is none, `storage` when it cannot be used. */
export async function readReport({ ledger, store }: Pick<Engine, 'ledger' | 'store'>, jobId: string): Promise<Report> {
  const object = await store.get('scanner-artifacts', artifactKeys.reportJson(jobId));
  if (object === null) throw noReport({ ledger }, jobId);
  if (object.size > MOST_BYTES)
    throw new StageflowError('too_large', { limit: `${MOST_BYTES / 2 ** 20} MiB; take the form json` });
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  const parsed = Report.safeParse(JSON.parse(Buffer.concat(chunks).toString()));
  if (!parsed.success) throw new StageflowError('storage', { reason: 'the stored report is not one' });
  return parsed.data;
}

/** The refusal of a report that is not there. */
export function noReport({ ledger }: Pick<Engine, 'ledger'>, jobId: string): StageflowError {
  return new StageflowError('no_report', { jobId, state: ledger.job(jobId)?.state ?? '?' });
}
