/** Steps of the file's layout, oldest first; `user_version` counts how many a file has had. A released step never changes. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    spec TEXT NOT NULL,
    parent TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    failure_code TEXT,
    handled_seq INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX jobs_newest ON jobs (created_at DESC, id DESC);

  CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    json TEXT NOT NULL,
    received_at INTEGER,
    UNIQUE (job_id, seq)
  ) STRICT;

  CREATE TABLE outbox (
    position INTEGER PRIMARY KEY REFERENCES events (position) ON DELETE CASCADE
  ) STRICT;

  CREATE TABLE pages (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    page_id TEXT NOT NULL,
    url TEXT NOT NULL,
    depth INTEGER NOT NULL,
    place INTEGER NOT NULL,
    visited INTEGER REFERENCES events (position),
    completed INTEGER REFERENCES events (position),
    PRIMARY KEY (job_id, page_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE cells (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    page_id TEXT NOT NULL,
    scanner TEXT NOT NULL,
    event INTEGER NOT NULL REFERENCES events (position),
    PRIMARY KEY (job_id, page_id, scanner)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE views (
    job_id TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    json TEXT NOT NULL,
    seq INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT;
  `,
];
