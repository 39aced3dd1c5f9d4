import type Database from 'better-sqlite3';
import type { Clock } from '../../kernel/index.ts';
import type { EarlierSecret, ServiceTables, WebhookRow } from './port.ts';
import type { Transactions } from './tables.ts';

interface Stored {
  readonly id: string;
  readonly tenant: string;
  readonly url: string;
  readonly secret: string;
  readonly earlier: string;
  readonly events: string;
  readonly created_at: number;
}

const row = (stored: Stored): WebhookRow => ({
  id: stored.id,
  tenant: stored.tenant,
  url: stored.url,
  secret: stored.secret,
  earlier: JSON.parse(stored.earlier) as EarlierSecret[],
  events: JSON.parse(stored.events) as string[],
  createdAt: stored.created_at,
});

/** Addresses that want to be told when a job ends. */
export function webhookTable(
  db: Database.Database,
  clock: Clock,
  { read, write }: Transactions,
): ServiceTables['webhooks'] {
  const add = db.prepare(
    'INSERT INTO webhooks (id, tenant, url, secret, events, created_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const byId = db.prepare('SELECT * FROM webhooks WHERE id = ?');
  const list = db.prepare('SELECT * FROM webhooks WHERE tenant = coalesce(?, tenant) ORDER BY created_at, id');
  const changeSecret = db.prepare('UPDATE webhooks SET secret = ?, earlier = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM webhooks WHERE id = ?');
  return {
    add: (webhook) =>
      write(() => {
        const createdAt = clock.now();
        add.run(webhook.id, webhook.tenant, webhook.url, webhook.secret, JSON.stringify(webhook.events), createdAt);
        return { ...webhook, earlier: [], createdAt };
      }),
    byId: (id) =>
      read(() => {
        const found = byId.get(id) as Stored | undefined;
        return found === undefined ? null : row(found);
      }),
    list: (tenant) => read(() => (list.all(tenant) as Stored[]).map(row)),
    changeSecret: (id, { secret, earlier }) =>
      write(() => changeSecret.run(secret, JSON.stringify(earlier), id).changes > 0),
    remove: (id) => write(() => remove.run(id).changes > 0),
  };
}
