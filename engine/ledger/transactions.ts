import type Database from 'better-sqlite3';
import type { Clock, Timer } from '../kernel/index.ts';
import { asLedgerError } from './database.ts';

/** How long bookkeeping waits for a transaction to go to disk with, in milliseconds. */
const PATIENCE_MS = 50;

/** The ways to write. Waiting for the disk is most of what a transaction costs, so what can wait a moment shares one. */
export interface Transactions {
  /** On disk when it returns. What was gathered before goes with it, and comes first. */
  now<T>(work: () => T): T;
  /**
   * Group commit: one transaction for all works of this turn of the event loop, in order. Nothing of them is seen before they are on disk;
   * then `after` is called, and the promise resolves. A work that throws is undone alone; a disk that refuses refuses all.
   */
  together<T>(work: () => T, after: (value: T) => void): Promise<T>;
  /**
   * Done and seen at once, on disk with the next transaction or after a moment. Only for what a crash may forget: notes of what was done
   * already, whose loss means that it is done once more and changes nothing.
   */
  along(work: () => void): void;
  /** Brings to disk what is left. */
  close(): void;
}

interface Gathered {
  readonly work: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (thrown: unknown) => void;
}

/** Opens the ways to write to a database that nobody else writes to. */
export function openTransactions(db: Database.Database, clock: Clock, path: string): Transactions {
  // Inside an open transaction this is a savepoint, so that what throws undoes its own work alone.
  const step = db.transaction((work: () => unknown) => work());
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  let gathered: Gathered[] = [];
  let timer: Timer | null = null;
  let within = false;

  /** Begins where nothing is open. What is thrown leaves coded; a transaction that SQLite itself gave up is over for everyone in it. */
  const inside = <T>(work: () => T): T => {
    within = true;
    try {
      if (!db.inTransaction) begin.run();
      return step(work) as T;
    } catch (thrown) {
      throw asLedgerError(thrown, path);
    } finally {
      within = false;
    }
  };

  /** Does what was gathered and brings it to disk with all that is open, and `last` with it. */
  const toDisk = <T>(last: () => T): T => {
    timer?.cancel();
    timer = null;
    const group = gathered;
    gathered = [];
    const told: (() => void)[] = [];
    let answer: () => T;
    try {
      if (!db.inTransaction) begin.run();
      const attempt = <R>(work: () => R): (() => R) => {
        try {
          const value = inside(work);
          return () => value;
        } catch (thrown) {
          if (!db.inTransaction) throw thrown;
          return () => {
            throw thrown;
          };
        }
      };
      for (const { work, resolve, reject } of group) {
        const ended = attempt(work);
        told.push(() => {
          try {
            resolve(ended());
          } catch (thrown) {
            reject(thrown);
          }
        });
      }
      answer = attempt(last);
      commit.run();
    } catch (thrown) {
      if (db.inTransaction) rollback.run();
      const error = asLedgerError(thrown, path);
      for (const { reject } of group) reject(error);
      throw error;
    }
    for (const tell of told) tell();
    return answer();
  };
  const flush = () => {
    try {
      toDisk(() => undefined);
    } catch {
      // Everyone in the group has been told; what only went along is done again.
    }
  };

  return {
    now: (work) => (within ? (step(work) as ReturnType<typeof work>) : toDisk(work)),
    together: <T>(work: () => T, after: (value: T) => void) =>
      new Promise<T>((resolve, reject) => {
        if (gathered.length === 0) setImmediate(() => gathered.length > 0 && flush());
        gathered.push({
          work,
          resolve: (value) => {
            after(value as T);
            resolve(value as T);
          },
          reject,
        });
      }),
    along: (work) => {
      if (within) {
        step(work);
        return;
      }
      try {
        inside(work);
      } finally {
        timer ??= clock.after(PATIENCE_MS, flush);
      }
    },
    close: () => {
      if (gathered.length > 0 || db.inTransaction) flush();
    },
  };
}
