/**
 * View: the read model of a job, folded from its events by one function for server, window and terminal.
 * Enters: events in order of seq. Leaves: a plain object that is the same for the same history.
 * Called by run, server, renderer and the command line. It must never need Node, a clock or another room.
 */
export { canonicalJson } from './canonical.ts';
export { VIEW_VERSION } from './job-view.ts';
export type { CellView, JobView, PageView, SpecView, ViewCounts, ViewFailure } from './job-view.ts';
export { reduce, reduceAll } from './reduce.ts';
export { summaryOf } from './summary.ts';
export type { JobSummary } from './summary.ts';
