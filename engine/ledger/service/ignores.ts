import type Database from 'better-sqlite3';
import type { Clock } from '../../kernel/index.ts';
import type { IgnoreRow, ServiceTables } from './port.ts';
import type { Transactions } from './tables.ts';

interface Stored {
  readonly id: string;
  readonly tenant: string;
  readonly fingerprint: string;
  readonly reason: string;
  readonly created_by: string;
  readonly created_at: number;
  readonly expires_at: number | null;
}

const row = (stored: Stored): IgnoreRow => ({
  id: stored.id,
  tenant: stored.tenant,
  fingerprint: stored.fingerprint,
  reason: stored.reason,
  createdBy: stored.created_by,
  createdAt: stored.created_at,
  expiresAt: stored.expires_at,
});

/** Findings that were set aside, with who, why and until when. */
export function ignoreTable(
  db: Database.Database,
  clock: Clock,
  { read, write }: Transactions,
): ServiceTables['ignores'] {
  const drop = db.prepare('DELETE FROM ignores WHERE tenant = ? AND fingerprint = ?');
  const add = db.prepare(
    'INSERT INTO ignores (id, tenant, fingerprint, reason, created_by, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const list = db.prepare('SELECT * FROM ignores WHERE tenant = coalesce(?, tenant) ORDER BY created_at, id');
  const byId = db.prepare('SELECT * FROM ignores WHERE id = ?');
  const remove = db.prepare('DELETE FROM ignores WHERE id = ?');
  return {
    add: (ignore) =>
      write(() => {
        const createdAt = clock.now();
        drop.run(ignore.tenant, ignore.fingerprint);
        const { id, tenant, fingerprint, reason, createdBy, expiresAt } = ignore;
        add.run(id, tenant, fingerprint, reason, createdBy, createdAt, expiresAt);
        return { ...ignore, createdAt };
      }),
    list: (tenant) => read(() => (list.all(tenant) as Stored[]).map(row)),
    byId: (id) =>
      read(() => {
        const found = byId.get(id) as Stored | undefined;
        return found === undefined ? null : row(found);
      }),
    remove: (id) => write(() => remove.run(id).changes > 0),
  };
}
