import type Database from 'better-sqlite3';
import type { Clock } from '../../kernel/index.ts';
import type { ServiceTables, TokenRow, TokenScope } from './port.ts';
import type { Transactions } from './tables.ts';

/** A row of the table. */
export interface StoredToken {
  readonly id: string;
  readonly name: string;
  readonly tenant: string;
  readonly scopes: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
}

/** A row as the port tells it. */
export const tokenRow = (stored: StoredToken): TokenRow => ({
  id: stored.id,
  name: stored.name,
  tenant: stored.tenant,
  scopes: JSON.parse(stored.scopes) as TokenScope[],
  createdAt: stored.created_at,
  expiresAt: stored.expires_at,
  revokedAt: stored.revoked_at,
});

/** Tokens, by the hash of their text. */
export function tokenTable(
  db: Database.Database,
  clock: Clock,
  { read, write }: Transactions,
): ServiceTables['tokens'] {
  const add = db.prepare(
    'INSERT INTO tokens (id, hash, name, tenant, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const byHash = db.prepare('SELECT * FROM tokens WHERE hash = ?');
  const list = db.prepare('SELECT * FROM tokens ORDER BY created_at, id');
  const revoke = db.prepare('UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?');
  return {
    add: (token, hash) =>
      write(() => {
        const createdAt = clock.now();
        add.run(token.id, hash, token.name, token.tenant, JSON.stringify(token.scopes), createdAt, token.expiresAt);
        return { ...token, createdAt, revokedAt: null };
      }),
    byHash: (hash) =>
      read(() => {
        const found = byHash.get(hash) as StoredToken | undefined;
        return found === undefined ? null : tokenRow(found);
      }),
    list: () => read(() => (list.all() as StoredToken[]).map(tokenRow)),
    revoke: (id) => write(() => revoke.run(clock.now(), id).changes > 0),
  };
}
