import Database from 'better-sqlite3';
import { asLedgerError } from './database.ts';
import { MIGRATIONS } from './migrations.ts';

/** The layout that this program writes: the number of its migrations. */
export const LEDGER_LAYOUT: number = MIGRATIONS.length;

/**
 * Writes the ledger as it is at one moment into a new file, while its engine goes on: one read transaction of SQLite, so no writer waits
 * and nothing half-written is seen. `to` must not exist. Failures are `ledger_failed` and `disk_full`.
 */
export function snapshotLedger(path: string, to: string): void {
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
    db.prepare('VACUUM INTO ?').run(to);
  } catch (thrown) {
    throw asLedgerError(thrown, path);
  } finally {
    db?.close();
  }
}
