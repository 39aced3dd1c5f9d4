/**
 * Report: the contract 2.0.0 and everything it can be written as.
 * Enters: a Report. Leaves: text (JSON, HTML, SARIF, JUnit, CSV, Markdown, GitLab) or a gate's verdict. Called by run,
 * CLI and server; windows take the types from `@stageflow/engine/report-schema`. Renderers are pure; only `template.ts`
 * touches a disk, for the page that Vite builds once.
 */
export { archivePage, fitsOneFile, packArchive, renderArchive } from './archive.ts';
export type { ArchivePage } from './archive.ts';
export { renderCsv } from './csv.ts';
export { gate } from './gate.ts';
export type { GatePolicy, GateResult } from './gate.ts';
export { renderGitlab } from './gitlab.ts';
export { renderHtml, renderScannerHtml } from './html.ts';
export type { HtmlOptions, ReportDocument } from './html.ts';
export type { ReadArtifact } from './inline.ts';
export { renderJson } from './json.ts';
export { reportJsonSchema, resultsJsonSchema } from './json-schema.ts';
export { renderJunit } from './junit.ts';
export { renderMarkdown } from './markdown.ts';
export { redactReport } from './redact.ts';
export type { RedactedReport, Redaction } from './redact.ts';
export { renderSarif } from './sarif.ts';
export * from './schema.ts';
export { buildCache, builtBeside, runBuild, sourceHash } from './first-use.ts';
export { ensureReportTemplate } from './template.ts';
