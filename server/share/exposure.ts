import { belongsTo } from '@stageflow/engine/artifact';
import { type Redaction, redactReport, type Report } from '@stageflow/engine/report';
import { PICTURE, shareClassOf } from './class.ts';
import type { Include } from './settings.ts';

/** What strangers get. */
export interface SharedReport {
  readonly report: Report;
  readonly redactions: readonly Redaction[];
  /** Keys that may be fetched; nothing else of the job can be. */
  readonly keys: ReadonlySet<string>;
}

/** A job's report as a share shows it: without its secrets, and naming only files that the share gives. */
export function sharedReport(report: Report, include: Include): SharedReport {
  const { report: redacted, redactions } = redactReport(report);
  const artifacts = redacted.artifacts.filter((artifact) => {
    const is = shareClassOf(artifact);
    return belongsTo(report.job.id, artifact.key) && (is === 'pictures' || include[is]);
  });
  const named = redacted.pages.flatMap(({ screenshot }) => screenshot ?? []);
  const crops = redacted.findings.flatMap(({ occurrences }) =>
    occurrences.flatMap(({ screenshot }) => screenshot ?? []),
  );
  const pictures = [...named, ...crops].filter((key) => PICTURE.test(key) && belongsTo(report.job.id, key));
  const keys = new Set([...artifacts.map(({ key }) => key), ...pictures]);
  const pages = redacted.pages.map((page) => ({ ...page, evidence: page.evidence.filter((key) => keys.has(key)) }));
  // Why people set something aside is theirs; that they did stands in the verdict.
  const { ignored: _, ...shown } = redacted;
  return { report: { ...shown, artifacts, pages }, redactions, keys };
}
