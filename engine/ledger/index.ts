/**
 * Ledger: the record of what happened, in one SQLite file that outlives every crash.
 * Enters: drafts of events. Leaves: events with seq, jobs, pages, cells, the outbox.
 * Called by run alone, which hands in the machine. It must never publish, touch a pod or read another room's files.
 */
export { assertSafeRuntime } from './database.ts';
export type { CellRow, EventDraft, JobRow, Ledger, PageRow, Removal } from './port.ts';
export { LEDGER_LAYOUT, snapshotLedger } from './snapshot.ts';
export { openLedger } from './sqlite-ledger.ts';
export type { LedgerOptions, NextState } from './sqlite-ledger.ts';
export type {
  DeliveryRow,
  IgnoreRow,
  IntakeRow,
  IdempotencyClaim,
  KeyedAnswer,
  ServiceTables,
  ShareRow,
  TokenRow,
  TokenScope,
  WebhookRow,
} from './service/port.ts';
