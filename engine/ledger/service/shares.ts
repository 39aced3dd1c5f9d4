import type Database from 'better-sqlite3';
import type { Clock } from '../../kernel/index.ts';
import type { ServiceTables, ShareRow } from './port.ts';
import type { Transactions } from './tables.ts';

interface Stored {
  readonly id: string;
  readonly job_id: string;
  readonly created_by: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly revoked_at: number | null;
  readonly settings: string;
}

const row = (stored: Stored): ShareRow => ({
  id: stored.id,
  jobId: stored.job_id,
  createdBy: stored.created_by,
  createdAt: stored.created_at,
  expiresAt: stored.expires_at,
  revokedAt: stored.revoked_at,
  settings: stored.settings,
});
const rowOrNull = (stored: unknown) => (stored === undefined ? null : row(stored as Stored));

/** Share links, by the hash of their token. */
export function shareTable(
  db: Database.Database,
  clock: Clock,
  { read, write }: Transactions,
): ServiceTables['shares'] {
  const add = db.prepare(
    'INSERT INTO shares (id, hash, job_id, created_by, created_at, expires_at, settings) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const byHash = db.prepare('SELECT * FROM shares WHERE hash = ?');
  const byId = db.prepare('SELECT * FROM shares WHERE id = ?');
  const ofJob = db.prepare('SELECT * FROM shares WHERE job_id = ? ORDER BY created_at, id');
  const change = db.prepare(
    'UPDATE shares SET expires_at = coalesce(?, expires_at), settings = coalesce(?, settings) WHERE id = ?',
  );
  const revoke = db.prepare('UPDATE shares SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?');
  return {
    add: (share, hash) =>
      write(() => {
        const createdAt = clock.now();
        add.run(share.id, hash, share.jobId, share.createdBy, createdAt, share.expiresAt, share.settings);
        return { ...share, createdAt, revokedAt: null };
      }),
    byHash: (hash) => read(() => rowOrNull(byHash.get(hash))),
    byId: (id) => read(() => rowOrNull(byId.get(id))),
    ofJob: (jobId) => read(() => (ofJob.all(jobId) as Stored[]).map(row)),
    change: (id, { expiresAt, settings }) =>
      write(() => change.run(expiresAt ?? null, settings ?? null, id).changes > 0),
    revoke: (id) => write(() => revoke.run(clock.now(), id).changes > 0),
  };
}
