import type Database from 'better-sqlite3';

/** Every statement of the ledger, prepared once. */
export function prepareStatements(db: Database.Database) {
  return {
    insertJob: db.prepare(
      `INSERT INTO jobs (id, state, attempt, spec, parent, created_at, updated_at, seq) VALUES (?, 'PENDING', 1, ?, ?, ?, ?, 0)`,
    ),
    job: db.prepare('SELECT * FROM jobs WHERE id = ?'),
    jobs: db.prepare('SELECT * FROM jobs ORDER BY created_at DESC, id DESC LIMIT ?'),
    jobsIn: db.prepare(
      'SELECT * FROM jobs WHERE state IN (SELECT value FROM json_each(?)) ORDER BY created_at DESC, id DESC LIMIT ?',
    ),
    endedBefore: db.prepare(
      `SELECT * FROM jobs WHERE state IN ('DONE', 'FAILED') AND updated_at < @time AND (updated_at, id) > (@afterTime, @afterId)
       ORDER BY updated_at, id LIMIT @limit`,
    ),
    counts: db.prepare('SELECT state, count(*) AS count, min(created_at) AS oldest FROM jobs GROUP BY state'),
    importJob: db.prepare(
      `INSERT INTO jobs (id, state, attempt, spec, parent, created_at, updated_at, seq, failure_code, handled_seq, imported)
       VALUES (@id, @state, @attempt, @spec, @parent, @createdAt, @now, @seq, @failureCode, @seq, 1)`,
    ),
    moveJob: db.prepare('UPDATE jobs SET state = ?, seq = ?, updated_at = ?, failure_code = ? WHERE id = ?'),
    raiseAttempt: db.prepare('UPDATE jobs SET attempt = attempt + 1, updated_at = ? WHERE id = ?'),
    markHandled: db.prepare('UPDATE jobs SET handled_seq = max(handled_seq, ?) WHERE id = ?'),

    insertEvent: db.prepare('INSERT INTO events (id, job_id, seq, type, json) VALUES (?, ?, ?, ?, ?)'),
    hasEvent: db.prepare('SELECT 1 FROM events WHERE id = ?').pluck(),
    eventById: db.prepare('SELECT position, json, received_at FROM events WHERE id = ?'),
    // Ids are `job:type:`, so these find their rows by the index of ids and not by reading a job's whole history.
    hasOneOf: db
      .prepare(`SELECT 1 FROM events WHERE id IN (SELECT ? || ':' || value || ':' FROM json_each(?)) LIMIT 1`)
      .pluck(),
    unreceived: db.prepare(
      `SELECT e.json, o.position IS NOT NULL AS queued FROM events e LEFT JOIN outbox o USING (position)
       WHERE e.id IN (SELECT ? || ':' || value || ':' FROM json_each(?)) AND e.received_at IS NULL ORDER BY e.seq`,
    ),
    openJobs: db.prepare(
      `SELECT * FROM jobs WHERE state <> 'DONE' AND NOT EXISTS
       (SELECT 1 FROM json_each(?) AS ends JOIN events ON events.id = jobs.id || ':' || ends.value || ':')
       ORDER BY created_at, id`,
    ),
    markReceived: db.prepare('UPDATE events SET received_at = ? WHERE position = ?'),
    events: db.prepare('SELECT json FROM events WHERE job_id = ? AND seq > ? ORDER BY seq LIMIT ?').pluck(),

    eventsFrom: db.prepare('SELECT position, json FROM events WHERE position > ? ORDER BY position LIMIT ?'),
    jobEventsFrom: db.prepare(
      'SELECT position, json FROM events WHERE job_id = ? AND position > ? ORDER BY position LIMIT ?',
    ),
    newestPosition: db.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'events'`).pluck(),
    oldestPosition: db.prepare('SELECT min(position) FROM events').pluck(),
    deleteJob: db.prepare('DELETE FROM jobs WHERE id = ?'),
    // They name the job and say how it ended, and bear no foreign key: a delivery may be added for a job that is just being removed.
    deleteDeliveries: db.prepare('DELETE FROM deliveries WHERE job_id = ?'),
    noteRemoval: db.prepare(
      `INSERT OR REPLACE INTO removed (job_id, tenant, position, removed_at)
       SELECT j.id, o.tenant, (SELECT seq FROM sqlite_sequence WHERE name = 'events'), @now
       FROM jobs j LEFT JOIN owners o ON o.job_id = j.id WHERE j.id = @jobId`,
    ),
    forgetRemovals: db.prepare('DELETE FROM removed WHERE removed_at < ?'),
    unnoteRemoval: db.prepare('DELETE FROM removed WHERE job_id = ?'),
    removalsFrom: db.prepare(
      'SELECT job_id AS jobId, tenant, position FROM removed WHERE position >= ? ORDER BY position DESC, job_id DESC LIMIT ?',
    ),

    insertOutbox: db.prepare('INSERT INTO outbox (position) VALUES (?)'),
    outbox: db
      .prepare('SELECT e.json FROM outbox o JOIN events e USING (position) ORDER BY o.position LIMIT ?')
      .pluck(),
    deleteOutbox: db.prepare('DELETE FROM outbox WHERE position = (SELECT position FROM events WHERE id = ?)'),
    requeue: db.prepare('INSERT OR IGNORE INTO outbox (position) SELECT position FROM events WHERE id = ?'),
    refillOutbox: db.prepare('INSERT OR IGNORE INTO outbox (position) SELECT position FROM events WHERE job_id = ?'),

    insertPage: db.prepare('INSERT OR IGNORE INTO pages (job_id, page_id, url, depth, place) VALUES (?, ?, ?, ?, ?)'),
    visitPage: db.prepare('UPDATE pages SET visited = ? WHERE job_id = ? AND page_id = ?'),
    completePage: db.prepare('UPDATE pages SET completed = ? WHERE job_id = ? AND page_id = ?'),
    pages: db.prepare(
      `SELECT p.page_id, p.url, p.depth, p.place, v.json AS visited, c.json AS completed
       FROM pages p LEFT JOIN events v ON v.position = p.visited LEFT JOIN events c ON c.position = p.completed
       WHERE p.job_id = ? ORDER BY p.depth, p.place, p.page_id`,
    ),
    insertCell: db.prepare('INSERT OR IGNORE INTO cells (job_id, page_id, scanner, event) VALUES (?, ?, ?, ?)'),
    cells: db.prepare(
      `SELECT c.page_id, c.scanner, e.json FROM cells c JOIN events e ON e.position = c.event
       WHERE c.job_id = ? ORDER BY e.position`,
    ),

    view: db.prepare('SELECT json, seq FROM views WHERE job_id = ?'),
    viewSummary: db.prepare('SELECT summary AS json, seq FROM views WHERE job_id = ? AND summary IS NOT NULL'),
    saveView: db.prepare(
      `INSERT INTO views (job_id, json, summary, seq) VALUES (?, ?, ?, ?)
       ON CONFLICT (job_id) DO UPDATE SET json = excluded.json, summary = excluded.summary, seq = excluded.seq
       WHERE excluded.seq >= views.seq`,
    ),
    setting: db.prepare('SELECT value FROM settings WHERE name = ?').pluck(),
    setSetting: db.prepare(
      'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ),
    deleteSetting: db.prepare('DELETE FROM settings WHERE name = ?'),
  };
}

/** The ledger's prepared statements. */
export type Statements = ReturnType<typeof prepareStatements>;
