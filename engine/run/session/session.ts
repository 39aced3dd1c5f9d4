import { createHash } from 'node:crypto';
import type { EventData, JobSpec } from '../../event/index.ts';
import { asStageflowError, type Clock, isErrorCode, type Log, StageflowError } from '../../kernel/index.ts';
import type { EventDraft, JobRow, Ledger } from '../../ledger/port.ts';
import type { ChannelHandlers, DialAnswer, Role } from '../../pod/runtime.ts';
import type {
  AccessSecrets,
  ContainerMessage,
  MessageAnswer,
  SandboxProof,
  SiteSummary,
  StoredArtifact,
  WorkItem,
} from '../../scanner/index.ts';
import { artifactKeys, type ArtifactStore, belongsTo } from '../../artifact/index.ts';
import type { MachineLock } from '../machine-lock.ts';
import type { Lane, Queue } from '../queue.ts';
import { createSignal } from '../signal.ts';
import { extractorAssignment, runnerAssignment, type RunnerSurroundings } from './assignment.ts';
import { type Crawl, createCrawl, type RobotsJudge } from './crawl.ts';

/** Bytes one object, and all objects of one attempt, may have. */
const OBJECT_BYTES = 64 * 2 ** 20;
const ATTEMPT_BYTES = 4 * 2 ** 30;
/** What an object counts at least, so that an attempt cannot fill the disk with empty ones. */
const OBJECT_COST = 16 * 2 ** 10;
/** How long a request for work is held before it is answered `wait`. */
const HOLD_MS = 15_000;

type Message<T extends ContainerMessage['type']> = Extract<ContainerMessage, { type: T }>;

export interface SessionPorts {
  readonly ledger: Ledger;
  readonly store: ArtifactStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly lock: MachineLock;
  readonly dial: (authority: string, site: SiteSummary | null) => Promise<DialAnswer>;
  readonly robots: RobotsJudge;
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

/**
 * One attempt's side of the talk with its containers: hands out cells, stores what comes back, records it as events.
 * Everything a container says has been parsed; here it is checked against what we handed out and stored ourselves.
 */
export interface Session {
  handlers(role: Role): ChannelHandlers;
  /** Resolves once: all lanes are through, the archive was refused, or the attempt cannot go on. */
  readonly ended: Promise<SessionEnd>;
  /** Lets pages be handed out: the job's state allows scanning. Says first what the last owner had no time to say. */
  open(): Promise<void>;
  /** What the extractor found; set before `open`. */
  site(): SiteSummary | null;
  /** Resolves with the extractor's first answer. */
  readonly extracted: Promise<SiteSummary | null>;
  runner(): RunnerFacts | null;
  crawl(): Crawl | null;
  /** Ends the talk: every waiting request is answered and nothing more is recorded. */
  close(): void;
}

/** Opens the talk for the job's present attempt. */
export function createSession(job: JobRow, queue: Queue, access: AccessSecrets | null, ports: SessionPorts): Session {
  const { ledger, store, clock, log } = ports;
  const changed = createSignal(clock);
  const receipts = new Map<string, StoredArtifact>();
  const zip = job.spec.source.kind === 'zip';
  let storedBytes = 0;
  let site: SiteSummary | null = null;
  let sitePort: number | null = null;
  let opened = false;
  let closed = false;
  let crawl: Crawl | null = null;
  let seeded = false;
  let runner: RunnerFacts | null = null;
  let end!: (end: SessionEnd) => void;
  const ended = new Promise<SessionEnd>((resolve) => {
    end = resolve;
  });
  let haveSite!: (site: SiteSummary | null) => void;
  const extracted = new Promise<SiteSummary | null>((resolve) => {
    haveSite = resolve;
  });
  if (!zip) haveSite(null);

  const failed = (thrown: unknown) => end({ kind: 'failed', error: asStageflowError(thrown) });
  const record = (drafts: readonly EventDraft[]) => {
    if (closed) throw new StageflowError('fenced', { jobId: job.id });
    try {
      ledger.append(job.id, job.attempt, drafts);
    } catch (error) {
      failed(error);
      throw error;
    }
    changed.notify();
  };
  const violation = (reason: string): never => {
    const error = new StageflowError('bad_result', { reason });
    failed(error);
    throw error;
  };
  const receipted = (said: StoredArtifact | null): StoredArtifact | null => {
    if (said === null) return null;
    const stored = receipts.get(said.key);
    if (!stored || stored.sha256 !== said.sha256)
      return violation(`it named an object that it did not store: ${said.key}`);
    return stored;
  };
  const startCrawl = () => (crawl ??= createCrawl(job, site, queue, ports.robots));

  const origins = new Map<string, Message<'runner.origin'>>();
  /** Pages can be handed out once every entry's origin was read: robots.txt speaks before the first visit. */
  const seed = (origin: Message<'runner.origin'> | null) => {
    // What comes after the seeds is not kept: a container could send origins for ever.
    if (seeded) return;
    if (origin) origins.set(origin.origin, origin);
    if (origin && origins.size < entryOrigins(job.spec)) return;
    const { drafts } = startCrawl().seeds([...origins.values()]);
    record(drafts);
    seeded = true;
    queue.seeded();
    changed.notify();
  };

  const completePage = (pageId: string, data: EventData<'scan.events.page.completed'>) => {
    const draft: EventDraft<'scan.events.page.completed'> = {
      type: 'scan.events.page.completed',
      key: pageId,
      cause: null,
      data,
    };
    record([draft]);
    queue.pageCompleted(pageId);
    changed.notify();
  };

  /** A page whose machine cells have ended too: its evidence is what the store holds for it. */
  const completeLater = async (pageId: string) => {
    const evidence: StoredArtifact[] = [];
    for await (const object of store.list('scanner-artifacts', `${job.id}/page/evidence/${pageId}/`)) {
      evidence.push(receipts.get(object.key) ?? (await receiptOf(object.key)));
    }
    completePage(pageId, { pageId, status: 'scanned', failure: null, evidence });
  };

  /** An object of an earlier attempt: its receipt is worked out again from its bytes. */
  const receiptOf = async (key: string): Promise<StoredArtifact> => {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of (await store.get('scanner-artifacts', key))?.body ?? []) {
      hash.update(chunk);
      size += chunk.length;
    }
    return { key, sha256: hash.digest('hex'), size };
  };

  const failureOf = (code: string | null, reason: string | null, about: string | null, scanner: string | null) => {
    if (code === null) return null;
    const known = isErrorCode(code) ? code : 'cell_failed';
    const url = about === null ? null : (queue.page(about)?.url ?? about);
    const error = new StageflowError(known, {
      reason: reason ?? 'no reason given',
      scanner: scanner ?? '',
      seconds: job.spec.limits.pageSeconds,
      host: reason ?? '',
    });
    return { code: known, sentence: error.message, about: url };
  };

  const onCell = async (m: Message<'cell.done'>) => {
    if (!job.spec.modules.some((mod) => mod.id === m.scanner))
      violation(`it reported a cell of ${m.scanner}, which was not asked for`);
    if (m.pageId !== '_site' && !queue.page(m.pageId))
      violation('it reported a cell of a page that was not handed out');
    const failure = failureOf(m.outcome === 'ok' ? null : (m.code ?? 'cell_failed'), m.reason, m.pageId, m.scanner);
    const draft: EventDraft<'scan.events.cell.completed'> = {
      type: 'scan.events.cell.completed',
      key: `${m.pageId}/${m.scanner}`,
      cause: null,
      data: {
        pageId: m.pageId,
        scanner: m.scanner,
        outcome: m.outcome,
        failure,
        raw: receipted(m.raw),
        findings: receipted(m.findings),
        evidence: m.evidence.flatMap((e) => receipted(e) ?? []),
        counts: m.counts,
        milliseconds: m.milliseconds,
        adoptedFrom: null,
      },
    };
    record([draft]);
    queue.cellDone(m.pageId, m.scanner, m.outcome);
    const page = queue.page(m.pageId);
    if (page?.laneDone && !page.completed && queue.missingMachineCells(m.pageId).length === 0)
      await completeLater(m.pageId);
    changed.notify();
  };

  const onVisited = (m: Message<'page.visited'>): MessageAnswer => {
    if (!queue.page(m.pageId)) violation('it visited a page that was not handed out');
    const decision = startCrawl().visited(m);
    record(decision.drafts);
    return { skip: decision.left || decision.duplicateOf !== null };
  };

  const onPageDone = (m: Message<'page.done'>) => {
    const page = queue.page(m.pageId);
    if (!page) return violation('it finished a page that was not handed out');
    const failure = failureOf(m.code, m.reason, m.pageId, null);
    const { complete } = queue.pageDone(m.pageId, m.status === 'scanned');
    if (complete) {
      const evidence = m.evidence.flatMap((e) => receipted(e) ?? []);
      completePage(m.pageId, { pageId: m.pageId, status: m.status, failure, evidence });
    }
    changed.notify();
  };

  const onReady = (m: Message<'runner.ready'>) => {
    const { sandbox } = m;
    runner = { browser: m.browser, sandbox, versions: m.versions };
    if (sandbox.rendererSeccomp !== 2 || sandbox.ownFilters === 0 || !sandbox.ownNamespaces || !sandbox.flagsClean)
      failed(new StageflowError('sandbox_missing'));
  };

  const onMessage = async (role: Role, m: ContainerMessage): Promise<MessageAnswer> => {
    if (closed) throw new StageflowError('fenced', { jobId: job.id });
    // One container holds the hostile archive, the other the hostile page: neither may speak for the other.
    if (m.type !== 'heartbeat' && m.type !== 'fatal' && m.type.startsWith('extractor.') !== (role === 'extractor'))
      violation(`the ${role} sent ${m.type}, which is not its to say`);
    switch (m.type) {
      case 'heartbeat':
        break;
      case 'extractor.ready':
        // Said again when an answer was lost; pages were planned by the first word.
        if (site !== null) break;
        site = m.site;
        sitePort = m.port;
        haveSite(site);
        changed.notify();
        break;
      case 'extractor.refused':
        end({ kind: 'refused', code: m.code, entry: m.entry, reason: m.reason });
        break;
      case 'runner.ready':
        onReady(m);
        if (!wantsOrigin(job.spec)) await whenOpen(() => seed(null));
        break;
      case 'runner.origin':
        await whenOpen(() => seed(m));
        break;
      case 'page.visited':
        return onVisited(m);
      case 'cell.done':
        await onCell(m);
        break;
      case 'page.done':
        onPageDone(m);
        break;
      case 'fatal':
        failed(
          new StageflowError(isErrorCode(m.code) ? m.code : 'internal', {
            reason: m.reason,
            seconds: 0,
            exitCode: 0,
            host: '',
          }),
        );
        break;
    }
    return { skip: false };
  };

  const whenOpen = async (act: () => void) => {
    while (!opened && !closed) await changed.wait(HOLD_MS);
    if (!closed) act();
  };

  const next = async (lane: Lane, signal: AbortSignal) => {
    const until = clock.now() + HOLD_MS;
    for (;;) {
      if (closed) return 'done' as const;
      const work = opened && seeded ? queue.next(lane) : 'wait';
      if (work !== 'wait') {
        if (work === 'done') {
          if (lane === 'machine') ports.lock.release(job.id);
          if (queue.finished()) end({ kind: 'scanned' });
          return work;
        }
        if (work.kind !== 'machine' || (await ports.lock.tryAcquire(job.id))) {
          if (closed) {
            // The talk ended while the lane was being asked for: nobody else would give it back.
            if (work.kind === 'machine') ports.lock.release(job.id);
            return 'done' as const;
          }
          log.debug('work handed out', { jobId: job.id, attempt: job.attempt, cells: cellsOf(work) });
          return work;
        }
        log.info('another scan measures on this machine; waiting for it', { jobId: job.id });
        queue.release();
        await changed.wait(1000, signal);
      }
      const left = until - clock.now();
      if (left <= 0 || signal.aborted) return 'wait' as const;
      await changed.wait(left, signal);
    }
  };

  const put = async (path: string, sha256: string | null, body: AsyncIterable<Uint8Array>) => {
    if (closed) throw new StageflowError('fenced', { jobId: job.id });
    if (storedBytes >= ATTEMPT_BYTES)
      throw new StageflowError('store_failed', { reason: 'the scan has stored as much as it may' });
    const key = artifactKeys.fromContainer(job.id, path);
    try {
      const stored = await store.put('scanner-artifacts', key, body, {
        maxBytes: Math.min(OBJECT_BYTES, ATTEMPT_BYTES - storedBytes),
        ...(sha256 === null ? {} : { expectSha256: sha256 }),
      });
      storedBytes += Math.max(stored.size, OBJECT_COST);
      receipts.set(key, stored);
      return stored;
    } catch (error) {
      const coded = asStageflowError(error);
      if (coded.code === 'disk_full') failed(coded);
      throw error;
    }
  };

  const shared = {
    getArtifact: async (key: string) => {
      if (!belongsTo(job.id, key)) return null;
      return (await store.get('scanner-artifacts', key))?.body ?? null;
    },
  };

  const refuseDial = async (): Promise<DialAnswer> => ({
    ok: false,
    status: 403,
    code: 'egress_denied',
    reason: 'this container has no way out',
  });

  return {
    ended,
    extracted,
    site: () => site,
    runner: () => runner,
    crawl: () => crawl,
    open: async () => {
      for (const { pageId, duplicate } of queue.unsaid()) {
        if (duplicate) completePage(pageId, { pageId, status: 'skipped', failure: null, evidence: [] });
        else await completeLater(pageId);
      }
      opened = true;
      changed.notify();
    },
    close: () => {
      closed = true;
      ports.lock.release(job.id);
      haveSite(null);
      changed.notify();
    },
    handlers: (role) =>
      role === 'extractor'
        ? {
            ...shared,
            message: (m) => onMessage('extractor', m),
            putArtifact: async () => violation('the extractor tried to store an object'),
            assignment: async () => extractorAssignment(job),
            input: async () => {
              if (job.spec.source.kind !== 'zip') return null;
              const object = await store.get('scanner-staging', job.spec.source.stagingKey);
              if (!object) {
                failed(new StageflowError('input_expired'));
                return null;
              }
              return object.body;
            },
            next: async () => 'done',
            dial: refuseDial,
          }
        : {
            ...shared,
            message: (m) => onMessage('runner', m),
            putArtifact: put,
            assignment: async () => {
              const found = await extracted;
              return runnerAssignment(job, { site: found, sitePort, access, surroundings: ports.surroundings });
            },
            input: async () => null,
            next: (request, signal) => next(request.lane, signal),
            dial: (authority) => ports.dial(authority, site),
          },
  };
}

/** The cells of a piece of work, as `page/scanner`. */
function cellsOf(work: WorkItem): string[] {
  if (work.kind === 'site') return [`_site/${work.scanner}`];
  return (work.kind === 'machine' ? [work.scanner] : work.scanners).map((scanner) => `${work.page.id}/${scanner}`);
}

/** How many origins the entries of a URL job have. */
function entryOrigins(spec: JobSpec): number {
  return spec.source.kind === 'urls'
    ? new Set(spec.source.urls.slice(0, 1000).map((url) => new URL(url).origin)).size
    : 0;
}

/** True when robots.txt and sitemaps are read before the first page. */
function wantsOrigin(spec: JobSpec): boolean {
  return spec.source.kind === 'urls' && spec.source.mode === 'crawl' && (spec.pages.robots || spec.pages.sitemap);
}
