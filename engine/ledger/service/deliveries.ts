import type Database from 'better-sqlite3';
import type { Clock } from '../../kernel/index.ts';
import type { DeliveryRow, ServiceTables } from './port.ts';
import type { Transactions } from './tables.ts';

interface Stored {
  readonly id: string;
  readonly webhook_id: string;
  readonly job_id: string;
  readonly event_type: string;
  readonly body: string;
  readonly attempts: number;
  readonly next_at: number | null;
  readonly status: number | null;
  readonly reason: string | null;
  readonly created_at: number;
  readonly ended_at: number | null;
}

const row = (stored: Stored): DeliveryRow => ({
  id: stored.id,
  webhookId: stored.webhook_id,
  jobId: stored.job_id,
  eventType: stored.event_type,
  body: stored.body,
  attempts: stored.attempts,
  nextAt: stored.next_at,
  status: stored.status,
  reason: stored.reason,
  createdAt: stored.created_at,
  endedAt: stored.ended_at,
});

/** Messages to webhooks: stored before they are sent, so that a crash forgets none. */
export function deliveryTable(
  db: Database.Database,
  clock: Clock,
  { read, write }: Transactions,
): ServiceTables['deliveries'] {
  const add = db.prepare(
    `INSERT OR IGNORE INTO deliveries (id, webhook_id, job_id, event_type, body, next_at, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const due = db.prepare(
    `SELECT * FROM (
       SELECT *, row_number() OVER (PARTITION BY webhook_id ORDER BY next_at, id) AS turn FROM deliveries WHERE next_at <= ?
     ) WHERE turn = 1 ORDER BY next_at, id`,
  );
  const nextDue = db.prepare('SELECT min(next_at) FROM deliveries WHERE next_at IS NOT NULL').pluck();
  const tried = db.prepare(
    `UPDATE deliveries SET attempts = attempts + 1, status = ?, reason = ?, next_at = ?, ended_at = ? WHERE id = ?`,
  );
  const byId = db.prepare('SELECT * FROM deliveries WHERE id = ?');
  const ofWebhook = db.prepare(
    'SELECT * FROM deliveries WHERE webhook_id = ? ORDER BY created_at DESC, id DESC LIMIT ?',
  );
  return {
    add: ({ id, webhookId, jobId, eventType, body }) =>
      write(() => add.run(id, webhookId, jobId, eventType, body, clock.now(), clock.now()).changes > 0),
    due: () => read(() => (due.all(clock.now()) as Stored[]).map(row)),
    nextDue: () => read(() => nextDue.get() as number | null),
    tried(id, { status, reason, nextAt }) {
      write(() => tried.run(status, reason, nextAt, nextAt === null ? clock.now() : null, id));
    },
    byId: (id) =>
      read(() => {
        const found = byId.get(id) as Stored | undefined;
        return found === undefined ? null : row(found);
      }),
    ofWebhook: (webhookId, limit) => read(() => (ofWebhook.all(webhookId, limit) as Stored[]).map(row)),
  };
}
