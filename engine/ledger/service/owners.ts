import type Database from 'better-sqlite3';
import type { ServiceTables } from './port.ts';
import type { Transactions } from './tables.ts';

/** Who owns which job. A job without a row (made by the command line) belongs to nobody and is seen by admins only. */
export function ownerTable(db: Database.Database, { read, write }: Transactions): ServiceTables['owners'] {
  const set = db.prepare(
    'INSERT INTO owners (job_id, tenant) VALUES (?, ?) ON CONFLICT (job_id) DO UPDATE SET tenant = excluded.tenant',
  );
  const tenantOf = db.prepare('SELECT tenant FROM owners WHERE job_id = ?').pluck();
  const IN_STATES = '(@states IS NULL OR j.state IN (SELECT value FROM json_each(@states)))';
  const mine = db
    .prepare(
      `SELECT o.job_id FROM owners o JOIN jobs j ON j.id = o.job_id
       WHERE o.tenant = @tenant AND o.job_id < @before AND ${IN_STATES} ORDER BY o.job_id DESC LIMIT @limit`,
    )
    .pluck();
  const all = db
    .prepare(`SELECT j.id FROM jobs j WHERE j.id < @before AND ${IN_STATES} ORDER BY j.id DESC LIMIT @limit`)
    .pluck();
  const open = db
    .prepare(
      `SELECT count(*) FROM owners o JOIN jobs j ON j.id = o.job_id WHERE o.tenant = ? AND j.state NOT IN ('DONE', 'FAILED')`,
    )
    .pluck();
  /** Above every id: ids are digits and letters. */
  const END = '\u007f';
  return {
    set(jobId, tenant) {
      write(() => set.run(jobId, tenant));
    },
    tenantOf: (jobId) => read(() => (tenantOf.get(jobId) as string | undefined) ?? null),
    jobs: ({ tenant, before = END, states, limit }) =>
      read(() => {
        const filter = { before, limit, states: states === undefined ? null : JSON.stringify(states) };
        return (tenant === null ? all.all(filter) : mine.all({ ...filter, tenant })) as string[];
      }),
    open: (tenant) => read(() => open.get(tenant) as number),
  };
}
