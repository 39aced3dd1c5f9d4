import type { Engine } from '@stageflow/engine';
import { StageflowError } from '@stageflow/engine/kernel';
import type { Ordered } from '../press/press.ts';
import { reportSources } from '../press/stored-report.ts';
import type { WorkName, Works, WrittenForm } from '../press/works.ts';
import type { AppServices } from '../route.ts';

/** Forms of a report over HTTP. */
export const REPORT_FORMS = ['json', 'html', 'sarif', 'junit', 'csv', 'md', 'gitlab', 'zip'] as const;
export type ReportForm = (typeof REPORT_FORMS)[number];

/** Largest reports that are read into memory to be written in another form. Whole reports are streamed. */
const MOST_BYTES = 64 * 2 ** 20;

/** Forms that are written from the report when they are asked for: media type, and the end of the file's name. */
export const WRITTEN_FORMS = {
  sarif: { type: 'application/sarif+json', ending: 'sarif' },
  junit: { type: 'application/xml', ending: 'junit.xml' },
  csv: { type: 'text/csv; charset=utf-8', ending: 'csv' },
  md: { type: 'text/markdown; charset=utf-8', ending: 'md' },
  gitlab: { type: 'application/json', ending: 'gitlab.json' },
} as const satisfies Record<WrittenForm, { type: string; ending: string }>;

/** Makes something of jobs' reports; `no_report` when one has none, `storage` when one cannot be used, `too_large` beyond 64 MiB each. */
export async function makeOfReports<W extends WorkName>(
  { engine, press }: Pick<AppServices, 'engine' | 'press'>,
  work: W,
  order: Works[W]['order'],
  { jobIds, ...by }: Omit<Ordered, 'sources'> & { readonly jobIds: readonly string[] },
): Promise<Works[W]['made']> {
  for (const id of jobIds) {
    const one = await reportSources(engine.store, [id]);
    if (one === null) throw noReport(engine, id);
    if (one.size > MOST_BYTES)
      throw new StageflowError('too_large', { limit: `${MOST_BYTES / 2 ** 20} MiB; take the form json` });
  }
  const sources = await reportSources(engine.store, jobIds);
  const made = sources && (await press.make(work, order, { ...by, sources }));
  if (made === null) throw new StageflowError('storage', { reason: 'the stored report is not one' });
  return made;
}

/** The refusal of a report that is not there. */
export function noReport({ ledger }: Pick<Engine, 'ledger'>, jobId: string): StageflowError {
  return new StageflowError('no_report', { jobId, state: ledger.job(jobId)?.state ?? '?' });
}
