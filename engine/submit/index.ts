/**
 * Submit: from what a person gives to a job that may run.
 * Enters: addresses, files, folders, uploads and options. Leaves: staged archives and a checked specification, or a coded refusal.
 * Called by run and the front doors. It must never connect anywhere, look inside an archive, or hold one in memory.
 */
export { sanitiseFilename } from './filename.ts';
export { judgePath, takePath, takeUpload } from './intake.ts';
export type { Staged, Staging, ZipSource } from './intake.ts';
export { packFolder } from './pack.ts';
export { SUBMIT_DEFAULTS, buildJobSpec } from './submit.ts';
export type { SubmitOptions } from './submit.ts';
export { judgeTargetUrl, judgeTargets, readAllowAssets, readAllowHosts } from './target-guard.ts';
export type { GuardedTargets, TargetRules } from './target-guard.ts';
