import { chooseImages, type ReadArtifact } from './images.ts';
import { escapeHtml } from './markup.ts';
import { onlyOf } from './only.ts';
import type { Report } from './schema.ts';
import { staticSummary } from './static-summary.ts';

/** How a report becomes one file. */
export interface HtmlOptions {
  /** The page that `ensureReportTemplate` gives. */
  readonly template: string;
  /** Bytes of an object of the job, or null when it is gone. Asked one at a time, for pictures only. */
  readonly readArtifact: ReadArtifact;
  /** Where the job's folder is, relative to the file, '' or ending in `/`; null when it is not there. As in the store unless told otherwise. */
  readonly assetBase?: string | null;
  /** Most bytes of inlined pictures, as text; 15 MiB unless told otherwise. */
  readonly imageBudget?: number;
}

/** What the page finds in its data block. */
export interface ReportDocument {
  readonly report: Report;
  /** Key -> data: address. */
  readonly images: Readonly<Record<string, string>>;
  readonly assetBase: string | null;
  /** Module that the page is about, or null for the whole report. */
  readonly only: string | null;
}

const BUDGET = 15 * 2 ** 20;

/** `report.html`: one self-contained file that opens from disk with no network. Everything hostile is inert data in it. */
export async function renderHtml(report: Report, options: HtmlOptions): Promise<string> {
  return fill(report, { assetBase: '', ...options }, null);
}

/** The page of one module: the same page with what that module witnessed. */
export async function renderScannerHtml(report: Report, scanner: string, options: HtmlOptions): Promise<string> {
  return fill(onlyOf(report, scanner), { assetBase: '../', ...options }, scanner);
}

async function fill(report: Report, options: HtmlOptions, only: string | null): Promise<string> {
  const images = await chooseImages(report, options.readArtifact, options.imageBudget ?? BUDGET);
  const document: ReportDocument = { report, images, assetBase: options.assetBase ?? null, only };
  const parts: Readonly<Record<string, string>> = {
    title: escapeHtml(titleOf(report)),
    static: staticSummary(report),
    data: inertJson(document),
  };
  return options.template.replace(/<!--stageflow:(title|static|data)-->/g, (_, name: string) => parts[name] ?? '');
}

function titleOf({ job }: Report): string {
  const what = job.source.kind === 'zip' ? job.source.filename : (job.source.urls[0] ?? '');
  return `Stageflow report: ${job.label ?? what}`;
}

/** JSON that no HTML parser can leave: `<`, `>`, `&` and the two line separators are escaped. */
export function inertJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
