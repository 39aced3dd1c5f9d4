import Database from 'better-sqlite3';

/** Works on a ledger's file with plain SQLite, as another program or an older version would. */
export function withRawFile<T>(path: string, work: (file: Database.Database) => T): T {
  const file = new Database(path);
  try {
    return work(file);
  } finally {
    file.close();
  }
}

/** Keeps every other writer of a ledger's file out while `work` runs. */
export async function withFileHeld<T>(path: string, work: () => Promise<T>): Promise<T> {
  const file = new Database(path);
  try {
    file.exec('BEGIN IMMEDIATE');
    return await work();
  } finally {
    file.close();
  }
}
