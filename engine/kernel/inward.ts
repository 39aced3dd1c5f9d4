import type { ErrorCode } from './errors.ts';

/** Codes whose sentences may name places, processes or other people's things on the machine where they happen. */
const INWARD: ReadonlySet<ErrorCode> = new Set([
  'internal',
  'setup_needed',
  'ledger_failed',
  'ledger_too_new',
  'sqlite_too_old',
  'store_failed',
  'disk_full',
  'data_folder_busy',
  'node_name_taken',
  'podman_failed',
  'pod_killed',
  'pod_lost',
  'image_missing',
  'nats_failed',
  'nats_unsafe',
  'storage',
  'bad_event',
]);

/** True when an error's sentence is for the owner of the machine alone: whoever only uses the machine is told the code. */
export function isInward(code: ErrorCode): boolean {
  return INWARD.has(code);
}
