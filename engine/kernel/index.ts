/**
 * Kernel: the few things every room of the engine needs.
 * Enters: nothing of ours. Leaves: coded errors, ids, the clock port, the log, address classification.
 * Called by everyone. It must never import another folder of this project, touch a network or start a process.
 */
export { systemClock } from './clock.ts';
export type { Clock, Timer } from './clock.ts';
export { EXIT } from './error-row.ts';
export type { ErrorRow, RetryPolicy } from './error-row.ts';
export { ERRORS } from './error-table.ts';
export { StageflowError, asStageflowError, errorRow, isErrorCode } from './errors.ts';
export type { ErrorCode } from './errors.ts';
export { contentId, newJobId, pageIdOf, sha256Hex } from './ids.ts';
export { isInward } from './inward.ts';
export { createLog, silentLog } from './log.ts';
export type { Log, LogLevel } from './log.ts';
export { err, ok } from './result.ts';
export type { Result } from './result.ts';
export {
  ADDRESS_KIND_WORDS,
  NEVER_SCANNED,
  SPECIAL_RANGES,
  classifyAddress,
  classifyName,
  exceptionOf,
  formatAddress,
  parseAddress,
} from './address.ts';
export type { AddressClass, AddressKind, AddressRange, NameKind } from './address.ts';
export { authorityOf, canonicalHost, parseAuthority, parseHost } from './authority.ts';
export type { Authority } from './authority.ts';
