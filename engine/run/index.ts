/**
 * Run: the only place where pure meets world.
 * Enters: a job specification. Leaves: a job that ends, its events, its report. Called by the front doors (server, main, tests).
 * It must never decide what another room decides: it wires, waits and records.
 */
export { archiveVerdict } from './archive-verdict.ts';
export type { ArchiveVerdict } from './archive-verdict.ts';
export { defaultDataFolder, liveEngine } from './data-folder.ts';
export type { Engine, EngineOptions } from './engine.ts';
export { readJobs } from './read-jobs.ts';
export type { JobLine } from './read-jobs.ts';
export { removeJob, sweepJobs, sweepOrphans, sweepStaging } from './retention.ts';
export { openLocalEngine } from './local.ts';
export type { LocalEngine, LocalEngineOptions } from './local.ts';
