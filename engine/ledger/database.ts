import { chmodSync, closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { StageflowError } from '../kernel/index.ts';
import { MIGRATIONS } from './migrations.ts';

/** First SQLite without the WAL-reset bug, which damages a file that two connections write. */
const SAFE_SQLITE = '3.51.3';

/** better-sqlite3 13 ends the process without a word at the first open on older ones. */
const SAFE_NODE = '22.0.0';

function older(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (let at = 0; at < 3; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Refuses a runtime that would end or damage the ledger. */
export function assertSafeRuntime(node: string, sqlite: string | null): void {
  if (older(node, SAFE_NODE)) throw new StageflowError('node_too_old', { version: node, wanted: SAFE_NODE });
  if (sqlite !== null && older(sqlite, SAFE_SQLITE)) {
    throw new StageflowError('sqlite_too_old', { version: sqlite, wanted: SAFE_SQLITE });
  }
}

/** Brings an open file to the newest layout; a newer file than this program knows is refused untouched. */
function migrate(db: Database.Database, path: string): void {
  const found = Number(db.pragma('user_version', { simple: true }));
  if (found > MIGRATIONS.length) throw new StageflowError('ledger_too_new', { path, found, known: MIGRATIONS.length });
  for (let at = found; at < MIGRATIONS.length; at += 1) {
    db.transaction(() => {
      db.exec(MIGRATIONS[at] as string);
      db.pragma(`user_version = ${at + 1}`);
    }).immediate();
  }
}

/** SQLite's own failures as coded errors; ours pass. */
export function asLedgerError(thrown: unknown, path: string): unknown {
  if (!(thrown instanceof Database.SqliteError)) return thrown;
  if (thrown.code === 'SQLITE_FULL') return new StageflowError('disk_full', { path }, { cause: thrown });
  return new StageflowError('ledger_failed', { path, reason: `${thrown.code}: ${thrown.message}` }, { cause: thrown });
}

/** Opens the file, made with mode 0600 when it is new (its WAL files take the same mode), durable against power loss. */
export function openDatabase(path: string): Database.Database {
  assertSafeRuntime(process.versions.node, null);
  if (path !== ':memory:') {
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  }
  let db: Database.Database | null = null;
  try {
    db = new Database(path, { timeout: 300 });
    assertSafeRuntime(process.versions.node, String(db.prepare('SELECT sqlite_version()').pluck().get()));
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    migrate(db, path);
    return db;
  } catch (thrown) {
    db?.close();
    throw asLedgerError(thrown, path);
  }
}
