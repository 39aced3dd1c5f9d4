import type { Report, ReportFinding, ReportPage } from '@stageflow/engine/report-schema';

/** What the file carries in its data block (see `ReportDocument` of the engine's HTML renderer). */
export interface ReportData {
  readonly report: Report;
  /** Key of a picture -> data: address. */
  readonly images: Readonly<Record<string, string>>;
  /** Where other objects lie, relative to this file; null when they are not there. */
  readonly assetBase: string | null;
  /** Module that the page is about, or null for the whole report. */
  readonly only: string | null;
}

/** The report with look-ups by id. */
export interface Model extends ReportData {
  readonly pages: ReadonlyMap<string, ReportPage>;
  readonly findings: ReadonlyMap<string, ReportFinding>;
  readonly scannerTitles: ReadonlyMap<string, string>;
}

/** Reads the data block. Throws when the file was cut short. */
export function readData(): Model {
  const text = document.getElementById('stageflow-data')?.textContent ?? '';
  const data = JSON.parse(text) as ReportData;
  return {
    ...data,
    pages: new Map(data.report.pages.map((page) => [page.id, page])),
    findings: new Map(data.report.findings.map((finding) => [finding.id, finding])),
    scannerTitles: new Map(data.report.scanners.map((scanner) => [scanner.id, scanner.title])),
  };
}

/** Address of an object beside this file, or null when it is not there. Keys are the engine's own; each part is encoded. */
export function besideFile(model: ReportData, key: string): string | null {
  if (model.assetBase === null) return null;
  return model.assetBase + key.split('/').slice(1).map(encodeURIComponent).join('/');
}

/** `1 page`, `1,234 pages`. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}

/** Milliseconds for people. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 90) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Bytes for people. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
