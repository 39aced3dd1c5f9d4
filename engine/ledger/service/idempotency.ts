import type Database from 'better-sqlite3';
import type { Clock } from '../../kernel/index.ts';
import type { IdempotencyClaim, ServiceTables } from './port.ts';
import type { Transactions } from './tables.ts';

/** A client that tries again after a day means a new request. */
const KEPT_MS = 24 * 3600 * 1000;

interface Stored {
  readonly route: string;
  readonly body_hash: string;
  readonly status: number | null;
  readonly answer: string | null;
}

/** Keys of requests that must happen once. */
export function idempotencyTable(
  db: Database.Database,
  clock: Clock,
  { write }: Transactions,
): ServiceTables['idempotency'] {
  const forget = db.prepare('DELETE FROM idempotency WHERE created_at < ?');
  const find = db.prepare('SELECT * FROM idempotency WHERE tenant = ? AND key = ?');
  const add = db.prepare('INSERT INTO idempotency (tenant, key, route, body_hash, created_at) VALUES (?, ?, ?, ?, ?)');
  const answer = db.prepare(
    'UPDATE idempotency SET status = ?, answer = ? WHERE tenant = ? AND key = ? AND status IS NULL',
  );
  const release = db.prepare('DELETE FROM idempotency WHERE tenant = ? AND key = ? AND status IS NULL');
  const releaseAll = db.prepare('DELETE FROM idempotency WHERE status IS NULL');
  return {
    claim: (tenant, key, route, bodyHash) =>
      write((): IdempotencyClaim => {
        forget.run(clock.now() - KEPT_MS);
        const found = find.get(tenant, key) as Stored | undefined;
        if (found === undefined) {
          add.run(tenant, key, route, bodyHash, clock.now());
          return { kind: 'fresh' };
        }
        if (found.route !== route || found.body_hash !== bodyHash) return { kind: 'other-body' };
        if (found.status === null) return { kind: 'in-flight' };
        return { kind: 'answered', status: found.status, answer: found.answer ?? '' };
      }),
    answer({ tenant, key, status, answer: text }) {
      write(() => answer.run(status, text, tenant, key));
    },
    release(tenant, key) {
      write(() => release.run(tenant, key));
    },
    releaseAll() {
      write(() => releaseAll.run());
    },
  };
}
