import type { EventData } from '../../event/index.ts';
import { asStageflowError, type Clock, isErrorCode, type Log, StageflowError } from '../../kernel/index.ts';
import type { EventDraft, JobRow, Ledger } from '../../ledger/port.ts';
import type { Planner } from '../../model/index.ts';
import type { DialAnswer } from '../../pod/runtime.ts';
import type {
  AccessSecrets,
  ContainerMessage,
  SandboxProof,
  SiteSummary,
  StoredArtifact,
} from '../../scanner/index.ts';
import type { FencedStore } from '../fenced-store.ts';
import type { MachineLock } from '../machine-lock.ts';
import type { Queue } from '../queue.ts';
import { createSignal, type Signal } from '../signal.ts';
import type { RunnerSurroundings } from './assignment.ts';
import { type Crawl, createCrawl, type RobotsJudge } from './crawl.ts';

/** How long a request that cannot be answered yet is held. */
export const HOLD_MS = 15_000;

/** One kind of message of a container. */
export type Message<T extends ContainerMessage['type']> = Extract<ContainerMessage, { type: T }>;

export interface SessionPorts {
  readonly ledger: Ledger;
  readonly store: FencedStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly lock: MachineLock;
  readonly dial: (authority: string, tls: boolean, site: SiteSummary | null) => Promise<DialAnswer>;
  readonly robots: RobotsJudge;
  /** Asks a model, within the caps of this attempt; null or left out where none is configured. */
  readonly planner?: Planner | null;
  readonly surroundings: RunnerSurroundings;
}

/** How the talk with the containers ended. */
export type SessionEnd =
  | { readonly kind: 'scanned' }
  | { readonly kind: 'refused'; readonly code: string; readonly entry: string | null; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: StageflowError };

/** What the runner said of itself; goes into the provenance. */
export interface RunnerFacts {
  readonly browser: string;
  readonly sandbox: SandboxProof;
  readonly versions: Readonly<Record<string, string>>;
}

/** What all messages and requests of one attempt share: what is known so far, and the ways to record, to refuse and to end. */
export interface Talk {
  readonly job: JobRow;
  readonly queue: Queue;
  readonly access: AccessSecrets | null;
  readonly ports: SessionPorts;
  readonly changed: Signal;
  /** What the store gave for each object of this attempt, by key. */
  readonly receipts: Map<string, StoredArtifact>;
  site: SiteSummary | null;
  sitePort: number | null;
  /** The job's state allows pages to be handed out. */
  opened: boolean;
  /** Nothing more is recorded. */
  closed: boolean;
  /** The pages to start with are in the queue. */
  seeded: boolean;
  crawl: Crawl | null;
  runner: RunnerFacts | null;
  readonly ended: Promise<SessionEnd>;
  end(end: SessionEnd): void;
  /** Resolves with what the extractor found; null when there is no archive or the talk ended before. */
  readonly extracted: Promise<SiteSummary | null>;
  haveSite(site: SiteSummary | null): void;
  /** Ends the attempt with an error. */
  failed(thrown: unknown): void;
  /** Appends events under the attempt's number; resolves when they are on disk. A failure ends the attempt. Rejects with `fenced` once closed. */
  record(drafts: readonly EventDraft[]): Promise<void>;
  /** A container said what it may not: ends the attempt as `bad_result`. */
  violation(reason: string): never;
  /** The stored object that a message names, or null for none; naming one that was not stored is a violation. */
  receipted(said: StoredArtifact | null): StoredArtifact | null;
  startCrawl(): Crawl;
  /** Records that a page has ended, with its evidence. */
  completePage(pageId: string, data: EventData<'scan.events.page.completed'>): Promise<void>;
  /** The recorded form of a failure that a container reported; null for none. */
  failureOf(said: Failure): { code: string; sentence: string; about: string | null } | null;
}

/** A failure in a container's words. `about` is a page's id, or an address. */
interface Failure {
  readonly code: string | null;
  readonly reason: string | null;
  readonly about: string | null;
  readonly scanner: string | null;
}

/** The talk at its beginning: nothing known, nothing handed out. */
export function createTalk(job: JobRow, queue: Queue, access: AccessSecrets | null, ports: SessionPorts): Talk {
  const changed = createSignal(ports.clock);
  const ended = Promise.withResolvers<SessionEnd>();
  const extracted = Promise.withResolvers<SiteSummary | null>();
  if (job.spec.source.kind !== 'zip') extracted.resolve(null);
  const talk: Talk = {
    job,
    queue,
    access,
    ports,
    changed,
    receipts: new Map(),
    site: null,
    sitePort: null,
    opened: false,
    closed: false,
    seeded: false,
    crawl: null,
    runner: null,
    ended: ended.promise,
    end: ended.resolve,
    extracted: extracted.promise,
    haveSite: extracted.resolve,
    failed: (thrown) => ended.resolve({ kind: 'failed', error: asStageflowError(thrown) }),
    record: async (drafts) => {
      if (talk.closed) throw new StageflowError('fenced', { jobId: job.id });
      try {
        await ports.ledger.appendTogether(job.id, job.attempt, drafts);
      } catch (error) {
        talk.failed(error);
        throw error;
      }
      changed.notify();
    },
    violation: (reason) => {
      const error = new StageflowError('bad_result', { reason });
      talk.failed(error);
      throw error;
    },
    receipted: (said) => {
      if (said === null) return null;
      const stored = talk.receipts.get(said.key);
      if (!stored || stored.sha256 !== said.sha256)
        return talk.violation(`it named an object that it did not store: ${said.key}`);
      return stored;
    },
    startCrawl: () => (talk.crawl ??= createCrawl(job, talk.site, queue, ports.robots)),
    completePage: async (pageId, data) => {
      await talk.record([{ type: 'scan.events.page.completed', key: pageId, cause: null, data }]);
      queue.pageCompleted(pageId);
      changed.notify();
    },
    failureOf: ({ code, reason, about, scanner }) => {
      if (code === null) return null;
      const known = isErrorCode(code) ? code : 'cell_failed';
      const error = new StageflowError(known, {
        reason: reason ?? 'no reason given',
        scanner: scanner ?? '',
        host: reason ?? '',
      });
      return {
        code: known,
        sentence: error.message,
        about: about === null ? null : (queue.page(about)?.url ?? about),
      };
    },
  };
  return talk;
}
