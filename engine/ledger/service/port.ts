import type { JobState } from '../../event/index.ts';

/** What a token may do. `admin` includes the others and sees every tenant. */
export type TokenScope = 'submit' | 'read' | 'admin';

/** A token as it is kept: never its text, only the SHA-256 of it. */
export interface TokenRow {
  readonly id: string;
  readonly name: string;
  /** Whose jobs it sees and makes; several tokens may share one tenant. */
  readonly tenant: string;
  readonly scopes: readonly TokenScope[];
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

/** A share link as it is kept: the hash of its token, the job it opens, and what it shows. */
export interface ShareRow {
  readonly id: string;
  readonly jobId: string;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
  /** What is shown beside the redacted report, as JSON of the share room's own schema. */
  readonly settings: string;
}

/** What a request with an idempotency key meets: nobody (go on), itself in flight, its stored answer, or another request under its key. */
export type IdempotencyClaim =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'in-flight' }
  | { readonly kind: 'other-body' }
  | { readonly kind: 'answered'; readonly status: number; readonly answer: string };

/** A signing secret that was replaced; `until` is when it signs no more. */
export interface EarlierSecret {
  readonly secret: string;
  readonly until: number;
}

/** What a request under an idempotency key is answered with, whenever it is repeated. */
export interface KeyedAnswer {
  readonly tenant: string;
  readonly key: string;
  /** HTTP status. */
  readonly status: number;
  /** The rest of the answer, in the form of the server's own schema. */
  readonly answer: string;
}

export interface WebhookRow {
  readonly id: string;
  readonly tenant: string;
  readonly url: string;
  /** Signing secret in the form of Standard Webhooks (`whsec_` and base64); needed in clear to sign. */
  readonly secret: string;
  /** Secrets before it, newest first, which sign beside it until their time is over. */
  readonly earlier: readonly EarlierSecret[];
  /** Subjects it is told of. */
  readonly events: readonly string[];
  readonly createdAt: number;
}

/** One message to one webhook; `nextAt` null when it is over. */
export interface DeliveryRow {
  readonly id: string;
  readonly webhookId: string;
  readonly jobId: string;
  readonly eventType: string;
  readonly body: string;
  readonly attempts: number;
  readonly nextAt: number | null;
  /** HTTP status of the last try, or null when there was none. */
  readonly status: number | null;
  readonly reason: string | null;
  readonly createdAt: number;
  readonly endedAt: number | null;
}

/** A finding that a person chose not to see again, by its fingerprint. */
export interface IgnoreRow {
  readonly id: string;
  readonly tenant: string;
  readonly fingerprint: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

/** An archive, or the objects of a job from elsewhere, that a request is storing or has stored for a job that is not there yet. */
export interface IntakeRow {
  readonly jobId: string;
  /** Whether the archive was announced: whole, it waits for its job for as long as its ticket says. Otherwise it ends with its request. */
  readonly announced: boolean;
}

/** The server's tables in the ledger's file. Each method is one transaction; what is not there is null or an empty list. */
export interface ServiceTables {
  /** Several of them as one: all that was done inside is on disk when it returns, and nothing of it when it throws. */
  inOne<T>(work: () => T): T;
  readonly owners: {
    set(jobId: string, tenant: string): void;
    tenantOf(jobId: string): string | null;
    /** Ids of a tenant's jobs (every job for null), newest first, older than `before` and in one of `states` when given. */
    jobs(filter: {
      readonly tenant: string | null;
      readonly before?: string;
      readonly states?: readonly JobState[];
      readonly limit: number;
    }): readonly string[];
    /** How many jobs of a tenant wait or run. */
    open(tenant: string): number;
  };
  readonly received: {
    /** Counts bytes that a token sent on a day (days since the epoch, UTC). */
    add(row: { readonly tokenId: string; readonly tenant: string; readonly day: number; readonly bytes: number }): void;
    /** What all tokens of a tenant sent on a day. */
    bytes(tenant: string, day: number): number;
  };
  readonly intakes: {
    /** Notes what comes in before its first byte is stored. Its job, when made, ends it in the same transaction. */
    begin(row: IntakeRow): void;
    /** Forgets one: its job has the archive, or nothing of it is left that has to be looked for. */
    end(jobId: string): void;
    /** Those that have not ended, oldest first. */
    list(): readonly IntakeRow[];
  };
  readonly tokens: {
    add(row: Omit<TokenRow, 'createdAt' | 'revokedAt'>, hash: string): TokenRow;
    byHash(hash: string): TokenRow | null;
    list(): readonly TokenRow[];
    /** False when there is no such token. */
    revoke(id: string): boolean;
  };
  readonly sessions: {
    /** A browser is signed in with a token until a time; kept by the hash of the browser's own secret. */
    add(hash: string, tokenId: string, expiresAt: number): void;
    /** The token that a browser signed in with; null when the session is unknown, ended or over. The token itself may have been revoked since. */
    tokenOf(hash: string): TokenRow | null;
    /** Signs out; false when there is no such session. */
    remove(hash: string): boolean;
  };
  readonly shares: {
    add(row: Omit<ShareRow, 'createdAt' | 'revokedAt'>, hash: string): ShareRow;
    byHash(hash: string): ShareRow | null;
    byId(id: string): ShareRow | null;
    ofJob(jobId: string): readonly ShareRow[];
    change(id: string, change: { readonly expiresAt?: number; readonly settings?: string }): boolean;
    revoke(id: string): boolean;
  };
  readonly idempotency: {
    /** Claims a key for a request; only a `fresh` caller goes on. Keys older than a day are forgotten. */
    claim(tenant: string, key: string, route: string, bodyHash: string): IdempotencyClaim;
    /** Keeps the answer of a claimed key; the first one stays. */
    answer(answer: KeyedAnswer): void;
    /** Gives a key back after a request that may be tried again. */
    release(tenant: string, key: string): void;
    /** Gives back what a dead server left in flight; called once at start. */
    releaseAll(): void;
  };
  readonly webhooks: {
    add(row: Omit<WebhookRow, 'createdAt' | 'earlier'>): WebhookRow;
    byId(id: string): WebhookRow | null;
    list(tenant: string | null): readonly WebhookRow[];
    /** Gives it another secret; what `earlier` does not name is forgotten. False when there is no such webhook. */
    changeSecret(id: string, change: Pick<WebhookRow, 'secret' | 'earlier'>): boolean;
    remove(id: string): boolean;
  };
  readonly deliveries: {
    /** False when this id is known already: an event is told once. */
    add(row: Pick<DeliveryRow, 'id' | 'webhookId' | 'jobId' | 'eventType' | 'body'>): boolean;
    /** The first delivery of each webhook whose time has come, the one that waited longest first. */
    due(): readonly DeliveryRow[];
    /** Time of the earliest try to come, or null. */
    nextDue(): number | null;
    /** Records a try; `nextAt` null ends the delivery. */
    tried(
      id: string,
      outcome: { readonly status: number | null; readonly reason: string | null; readonly nextAt: number | null },
    ): void;
    byId(id: string): DeliveryRow | null;
    ofWebhook(webhookId: string, limit: number): readonly DeliveryRow[];
  };
  readonly ignores: {
    /** Replaces an older one of the same fingerprint. */
    add(row: Omit<IgnoreRow, 'createdAt'>): IgnoreRow;
    list(tenant: string | null): readonly IgnoreRow[];
    byId(id: string): IgnoreRow | null;
    remove(id: string): boolean;
  };
}
