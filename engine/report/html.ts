import { chooseEvidence, type ReadArtifact } from './inline.ts';
import { escapeHtml } from './markup.ts';
import { onlyOf } from './only.ts';
import type { Report } from './schema.ts';
import { staticSummary } from './static-summary.ts';

/** How a report becomes one file. */
export interface HtmlOptions {
  /** The page that `ensureReportTemplate` gives. */
  readonly template: string;
  /** Bytes of an object of the job, or null when it is gone. Asked one at a time, for pictures and the data of drawings only. */
  readonly readArtifact: ReadArtifact;
  /** Where the job's folder is, relative to the file, '' or ending in `/`; null when it is not there. As in the store unless told otherwise. */
  readonly assetBase?: string | null;
  /** True when what the report names is sure to lie there, as in an archive or under a share: pictures then load by themselves. */
  readonly beside?: boolean;
  /** False leaves every picture beside the file. */
  readonly inlinePictures?: boolean;
  /** Most bytes of the whole file; 15 MiB unless told otherwise. Pictures are left out to keep it, findings never. */
  readonly budget?: number;
}

/** What the page finds in its data block. */
export interface ReportDocument {
  readonly report: Report;
  /** Path in the job's folder -> data: address. */
  readonly images: Readonly<Record<string, string>>;
  /** Path in the job's folder -> the JSON document that a drawing is made from. */
  readonly documents: Readonly<Record<string, unknown>>;
  readonly assetBase: string | null;
  readonly beside: boolean;
  /** Module that the page is about, or null for the whole report. */
  readonly only: string | null;
}

/** Most bytes of `report.html`. */
export const HTML_BUDGET = 15 * 2 ** 20;

/** `report.html`: one self-contained file that opens from disk with no network. Everything hostile is inert data in it. */
export async function renderHtml(report: Report, options: HtmlOptions): Promise<string> {
  return fill(report, { assetBase: '', ...options }, null);
}

/** The page of one module: the same page with what that module witnessed. */
export async function renderScannerHtml(report: Report, scanner: string, options: HtmlOptions): Promise<string> {
  return fill(onlyOf(report, scanner), { assetBase: '../', ...options }, scanner);
}

async function fill(report: Report, options: HtmlOptions, only: string | null): Promise<string> {
  const {
    template,
    readArtifact,
    assetBase = null,
    beside = false,
    inlinePictures = true,
    budget = HTML_BUDGET,
  } = options;
  const still = staticSummary(report);
  const bare = template.length + still.length + inertJson(report).length;
  const evidence = await chooseEvidence(report, readArtifact, budget - bare, inlinePictures ? undefined : 0);
  const document: ReportDocument = { report, ...evidence, assetBase, beside, only };
  const parts: Readonly<Record<string, string>> = {
    title: escapeHtml(titleOf(report)),
    static: still,
    data: inertJson(document),
  };
  return template.replace(/<!--stageflow:(title|static|data)-->/g, (_, name: string) => parts[name] ?? '');
}

function titleOf({ job }: Report): string {
  const what = job.source.kind === 'zip' ? job.source.filename : (job.source.urls[0] ?? '');
  return `Stageflow report: ${(job.label ?? what).slice(0, 300)}`;
}

/** JSON that no HTML parser can leave: `<`, `>`, `&` and the two line separators are escaped. */
export function inertJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
