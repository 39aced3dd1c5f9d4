import type Database from 'better-sqlite3';
import type { Clock } from '../../kernel/index.ts';
import type { ServiceTables } from './port.ts';
import { type StoredToken, tokenRow } from './tokens.ts';
import type { Transactions } from './tables.ts';

/** Signed-in browsers, by the hash of their secret. Those that are over are forgotten when another one begins. */
export function sessionTable(
  db: Database.Database,
  clock: Clock,
  { read, write }: Transactions,
): ServiceTables['sessions'] {
  const forget = db.prepare('DELETE FROM sessions WHERE expires_at <= ?');
  const add = db.prepare('INSERT INTO sessions (hash, token_id, created_at, expires_at) VALUES (?, ?, ?, ?)');
  const tokenOf = db.prepare(
    'SELECT tokens.* FROM sessions JOIN tokens ON tokens.id = sessions.token_id WHERE sessions.hash = ? AND sessions.expires_at > ?',
  );
  const remove = db.prepare('DELETE FROM sessions WHERE hash = ?');
  return {
    add(hash, tokenId, expiresAt) {
      write(() => {
        const now = clock.now();
        forget.run(now);
        add.run(hash, tokenId, now, expiresAt);
      });
    },
    tokenOf: (hash) =>
      read(() => {
        const found = tokenOf.get(hash, clock.now()) as StoredToken | undefined;
        return found === undefined ? null : tokenRow(found);
      }),
    remove: (hash) => write(() => remove.run(hash).changes > 0),
  };
}
