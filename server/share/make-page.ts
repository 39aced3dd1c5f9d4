import { randomBytes } from 'node:crypto';
import { type ReadArtifact, renderHtml } from '@stageflow/engine/report';
import { sharedReport } from './exposure.ts';
import type { Include } from './settings.ts';
import { parseReport } from '../press/stored-report.ts';

/** What a shared page is made from. */
export interface PageOrder {
  readonly jobId: string;
  readonly include: Include;
  /** The page that reports are filled into, as it is served. */
  readonly template: string;
}

/** A page of everybody who holds a link to the same job with the same settings: between its two pieces stands the token. */
export interface MadePage {
  readonly before: Uint8Array<ArrayBuffer>;
  readonly after: Uint8Array<ArrayBuffer>;
  /** Keys that may be fetched with it. */
  readonly keys: readonly string[];
}

/** Renders a page from the job's `report.json`, or null when the report is of another contract or of another job. Takes seconds for a report of some dozen MiB. */
export async function makePage(
  { jobId, include, template }: PageOrder,
  [bytes]: readonly Uint8Array[],
  readArtifact: ReadArtifact,
): Promise<MadePage | null> {
  const report = parseReport(bytes, jobId);
  if (report === null) return null;
  const shown = sharedReport(report, include);
  // Nothing in a report can hold it by chance or by intent.
  const mark = randomBytes(16).toString('hex');
  const html = await renderHtml(shown.report, {
    template,
    readArtifact: async (key) => (shown.keys.has(key) ? readArtifact(key) : null),
    assetBase: `${mark}/a/`,
    beside: true,
  });
  const at = html.indexOf(mark);
  const encode = (text: string) => new TextEncoder().encode(text);
  return { before: encode(html.slice(0, at)), after: encode(html.slice(at + mark.length)), keys: [...shown.keys] };
}
