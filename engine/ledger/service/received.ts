import type Database from 'better-sqlite3';
import type { ServiceTables } from './port.ts';
import type { Transactions } from './tables.ts';

/** Bytes that were taken in, per token and day. Whatever became of them since (refused, scanned, deleted) does not give them back. */
export function receivedTable(db: Database.Database, { read, write }: Transactions): ServiceTables['received'] {
  const add = db.prepare(
    `INSERT INTO received (token_id, day, tenant, bytes) VALUES (?, ?, ?, ?)
     ON CONFLICT (token_id, day) DO UPDATE SET bytes = bytes + excluded.bytes`,
  );
  const forget = db.prepare('DELETE FROM received WHERE day < ?');
  const bytes = db.prepare('SELECT coalesce(sum(bytes), 0) FROM received WHERE tenant = ? AND day = ?').pluck();
  return {
    add: ({ tokenId, tenant, day, bytes: more }) =>
      write(() => {
        add.run(tokenId, day, tenant, more);
        // The day before is kept for a clock that is set back.
        forget.run(day - 1);
      }),
    bytes: (tenant, day) => read(() => bytes.get(tenant, day) as number),
  };
}
