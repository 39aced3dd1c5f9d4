import type Database from 'better-sqlite3';
import type { Clock } from '../../kernel/index.ts';
import type { IntakeRow, ServiceTables } from './port.ts';
import type { Transactions } from './tables.ts';

interface StoredIntake {
  readonly job_id: string;
  readonly announced: number;
}

/** Archives that are being taken in, known before their first byte is stored: what a killed engine leaves of one is told from what others left. */
export function intakeTable(
  db: Database.Database,
  clock: Clock,
  { read, write }: Transactions,
): ServiceTables['intakes'] {
  const begin = db.prepare('INSERT OR REPLACE INTO intakes (job_id, announced, created_at) VALUES (?, ?, ?)');
  const end = db.prepare('DELETE FROM intakes WHERE job_id = ?');
  const list = db.prepare('SELECT job_id, announced FROM intakes ORDER BY created_at, job_id');
  return {
    begin: ({ jobId, announced }) => {
      write(() => begin.run(jobId, announced ? 1 : 0, clock.now()));
    },
    end: (jobId) => {
      write(() => end.run(jobId));
    },
    list: () =>
      read(() =>
        (list.all() as StoredIntake[]).map(
          ({ job_id, announced }): IntakeRow => ({ jobId: job_id, announced: announced === 1 }),
        ),
      ),
  };
}
