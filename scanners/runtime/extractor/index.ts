/**
 * Extractor: holds the hostile archive of a ZIP job.
 * Enters: the archive's bytes and the caps. Leaves: a site served on the pod's loopback and its summary, or a refusal.
 * Called by the engine as a container of its own (main.ts), and for a verdict alone. It must never share a process with a browser.
 */
export { ArchiveRefusal } from './refusal.ts';
export type { RefusalCode } from './refusal.ts';
export { extract } from './run.ts';
export type { Extraction } from './run.ts';
export { archiveVerdict, streamVerdict } from './verdict.ts';
export type { ArchiveVerdict } from './verdict.ts';
