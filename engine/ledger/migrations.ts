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
  // What the server keeps beside jobs. Secrets are hashes here; a stolen file opens no door.
  `
  CREATE TABLE owners (
    job_id TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    tenant TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX owners_tenant ON owners (tenant, job_id DESC);

  CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    tenant TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
  ) STRICT;

  CREATE TABLE shares (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    settings TEXT NOT NULL
  ) STRICT;
  CREATE INDEX shares_job ON shares (job_id);

  CREATE TABLE idempotency (
    tenant TEXT NOT NULL,
    key TEXT NOT NULL,
    route TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    status INTEGER,
    answer TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    events TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    job_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER,
    status INTEGER,
    reason TEXT,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
  ) STRICT;
  CREATE INDEX deliveries_due ON deliveries (next_at) WHERE next_at IS NOT NULL;

  CREATE TABLE ignores (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    reason TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    UNIQUE (tenant, fingerprint)
  ) STRICT;
  `,
  'ALTER TABLE jobs ADD COLUMN imported INTEGER NOT NULL DEFAULT 0',
  // Quotas are kept apart from jobs, which may be deleted; a webhook's secrets overlap while its receiver changes over.
  `
  CREATE TABLE received (
    token_id TEXT NOT NULL,
    day INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (token_id, day)
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE webhooks ADD COLUMN earlier TEXT NOT NULL DEFAULT '[]';
  `,
  // Whoever follows all jobs and was away when one was removed is told when coming again.
  `
  CREATE TABLE removed (
    job_id TEXT PRIMARY KEY,
    tenant TEXT,
    position INTEGER NOT NULL,
    removed_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX removed_position ON removed (position);
  `,
  // Browsers that are signed in: signing out ends one of them, revoking its token ends all of that token's.
  `
  CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    token_id TEXT NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_expiry ON sessions (expires_at);
  `,
  // Archives on their way to a job: what a killed engine had taken in is removed when the next one starts.
  `
  CREATE TABLE intakes (
    job_id TEXT PRIMARY KEY,
    announced INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // A list of jobs needs a line of each and not its pages; what was stored before this is told apart by having none.
  `
  ALTER TABLE views ADD COLUMN summary TEXT;
  `,
];
