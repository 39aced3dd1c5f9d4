/**
 * Aggregate: turns what every cell found into one report.
 * Enters: a job's recorded events and the findings of its cells, one at a time. Leaves: a Report, the index of each module,
 * a comparison of two reports. Called by run (report writer), CLI and server (compare). It must never read a clock, a disk
 * or a network by itself: same input, same report.
 */
export { aggregate } from './aggregate.ts';
export { artifactKind } from './artifacts.ts';
export { compareReports } from './compare.ts';
export type { Comparison } from './compare.ts';
export { readHistory } from './history.ts';
export type { History } from './history.ts';
export type { AggregateInput, AggregateSpec, ArtifactRecord, AttemptRecord, HistoryEvent } from './input.ts';
export { scannerResults } from './scanners.ts';
export { band } from './score.ts';
