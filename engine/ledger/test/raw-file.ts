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
