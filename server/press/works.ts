import { compareReports } from '@stageflow/engine/aggregate';
import {
  archivePage,
  type ArchivePage,
  type ReadArtifact,
  renderCsv,
  renderGitlab,
  renderJunit,
  renderMarkdown,
  renderSarif,
  type Report,
} from '@stageflow/engine/report';
import { type MadePage, makePage, type PageOrder } from '../share/make-page.ts';
import { makePreview, type PreviewOrder, type SharePreview } from '../share/preview.ts';
import { type FindingsOrder, joinFindings, type JoinedFindings } from './findings.ts';
import { parseReport } from './stored-report.ts';

/** Forms that are written from a report when they are asked for. */
export const FORM_WRITERS = {
  sarif: renderSarif,
  junit: renderJunit,
  csv: renderCsv,
  md: renderMarkdown,
  gitlab: (report: Report) => Object.values(renderGitlab(report))[0] ?? '[]',
} as const satisfies Record<string, (report: Report) => string>;
export type WrittenForm = keyof typeof FORM_WRITERS;

type Bytes = Uint8Array<ArrayBuffer>;

/** What can be ordered, and what is made of it. All of it can be sent to a thread and back. */
export interface Works {
  /** A page for strangers; source: the report. */
  readonly page: { readonly order: PageOrder; readonly made: MadePage };
  /** What such a page would show; source: the report. */
  readonly preview: { readonly order: PreviewOrder; readonly made: SharePreview };
  /** A report in another form, as text; source: the report. */
  readonly form: { readonly order: { readonly jobId: string; readonly form: WrittenForm }; readonly made: Bytes };
  /** The page of the form `zip` and the names of its pictures; source: the report. */
  readonly archive: {
    readonly order: { readonly jobId: string; readonly template: string };
    readonly made: ArchivePage;
  };
  /** The answer of a comparison as JSON; sources: both reports. */
  readonly comparison: { readonly order: { readonly a: string; readonly b: string }; readonly made: Bytes };
  /** What cells found; sources: their findings. */
  readonly findings: { readonly order: FindingsOrder; readonly made: JoinedFindings };
}
export type WorkName = keyof Works;

type Make<W extends WorkName> = (
  order: Works[W]['order'],
  sources: readonly Uint8Array[],
  readArtifact: ReadArtifact,
) => Works[W]['made'] | null | Promise<Works[W]['made'] | null>;

const encode = (text: string): Bytes => new TextEncoder().encode(text);

/** How each is made; null when a source is not what it should be. Takes seconds for a report of some dozen MiB. */
export const WORKS: { readonly [W in WorkName]: Make<W> } = {
  page: makePage,
  preview: makePreview,
  form: ({ jobId, form }, [bytes]) => {
    const report = parseReport(bytes, jobId);
    return report && encode(FORM_WRITERS[form](report));
  },
  archive: ({ jobId, template }, [bytes], readArtifact) => {
    const report = parseReport(bytes, jobId);
    return report && archivePage(report, { template, readArtifact });
  },
  comparison: ({ a, b }, [first, second]) => {
    const before = parseReport(first, a);
    const after = parseReport(second, b);
    if (before === null || after === null) return null;
    const { cautions, ...found } = compareReports(before, after);
    const older = new Set(before.findings);
    const notComparable = found.notComparable.map((one) => ({ ...one, in: older.has(one) ? 'a' : 'b' }));
    const comparison = { a, b, comparable: cautions.length === 0, reasons: cautions, ...found, notComparable };
    return encode(JSON.stringify(comparison));
  },
  findings: joinFindings,
};
