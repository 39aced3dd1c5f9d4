/**
 * Run: the only place where pure meets world.
 * Enters: a job specification. Leaves: a job that ends, its events, its report. Called by the front doors (server, main, tests).
 * It must never decide what another room decides: it wires, waits and records.
 */
export { importJob } from './bundle/read.ts';
export { exportJob } from './bundle/write.ts';
export { archiveVerdict, outsideVerdict } from './archive-verdict.ts';
export type { ArchiveVerdict } from './archive-verdict.ts';
export { backUp } from './backup/back-up.ts';
export type { BackupManifest } from './backup/manifest.ts';
export { restore } from './backup/restore.ts';
export type { Restored } from './backup/restore.ts';
export { defaultDataFolder, liveEngine, openDataFolder, reportsOf } from './data-folder.ts';
export { claimFolder, makeFolder, refusalOfFolder } from './make-folder.ts';
export type { Engine, EngineOptions } from './engine.ts';
export { openIntakes } from './intakes.ts';
export { readJobs } from './read-jobs.ts';
export type { JobLine } from './read-jobs.ts';
export { removeJob, removeReports, sweepJobs, sweepOrphans, sweepStaging } from './retention.ts';
export type { SweepPorts } from './retention.ts';
export { servicePlace } from './job-egress.ts';
export { ModelSettings } from '../model/index.ts';
export type { OwnPlaces } from './job-egress.ts';
export { openLocalEngine } from './local.ts';
export type { LocalEngine, LocalEngineOptions } from './local.ts';
