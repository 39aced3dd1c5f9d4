import type { Report } from '@stageflow/engine/report-schema';

/** What the offline file carries in its data block (`ReportDocument` of the engine's HTML renderer). */
export interface ReportFile {
  readonly report: Report;
  /** Path of a picture -> data: address. */
  readonly images: Readonly<Record<string, string>>;
  /** Path of a JSON document -> the document. */
  readonly documents: Readonly<Record<string, unknown>>;
  /** Where other objects lie, relative to this file; null when they are not there. */
  readonly assetBase: string | null;
  /** True when they are sure to lie there. */
  readonly beside: boolean;
  /** Module that the page is about, or null for the whole report. */
  readonly only: string | null;
}

/** Reads the data block. Throws when the file was cut short. */
export function readFile(): ReportFile {
  return JSON.parse(document.getElementById('stageflow-data')?.textContent ?? '') as ReportFile;
}
