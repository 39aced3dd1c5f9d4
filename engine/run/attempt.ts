import { asStageflowError, type Clock, StageflowError } from '../kernel/index.ts';
import type { JobRow } from '../ledger/port.ts';
import { exitFailure, planPod, type Role, type RunningContainer, type RunningPod } from '../pod/index.ts';
import { mostUnpacked } from '../scanner/index.ts';
import { watchContainers } from './container-watch.ts';
import { fencedStore } from './fenced-store.ts';
import type { AttemptFacts, EnginePorts, JobEgress } from './ports.ts';
import { createQueue, type Queue } from './queue.ts';
import { historyOf } from './session/crawl.ts';
import { createSession, type Session } from './session/session.ts';
import type { SessionEnd } from './session/talk.ts';

/** How one attempt ended, and what was in hand when it did. */
export interface AttemptEnd {
  readonly end: SessionEnd | { readonly kind: 'stopped' };
  /** Cells that were handed out and did not come back. */
  readonly inFlight: readonly { readonly pageId: string; readonly scanners: readonly string[] }[];
  readonly skipped: ReturnType<NonNullable<ReturnType<Session['crawl']>>['tally']['rows']>;
  readonly facts: AttemptFacts;
  /** Resolves when the pod is gone; never rejects. Removing takes a second that the report need not wait for. */
  readonly removed: Promise<void>;
}

/** Processors that a pod's runner may use. */
export const POD_CPUS = 2;

/** What a container's mere end is coded as. */
const ENDED_EARLY: ReadonlySet<string> = new Set(['pod_crashed', 'pod_killed', 'pod_lost', 'internal']);
/** How often it is looked whether the cells in hand have ended, in milliseconds. */
const DRAIN_LOOK = 200;

/**
 * Runs one pod for a job until its cells are done, it fails, or `stop` aborts. Never rejects; leaves no pod behind once `removed` resolves.
 * When `draining` aborts, no new cell is handed out and the attempt stops with the last one in hand. `onExtracted` resolves when the job's state lets pages be handed out (the queue delivered the event that says so).
 */
export async function runAttempt(
  job: JobRow,
  ports: EnginePorts,
  control: {
    readonly stop: AbortSignal;
    readonly draining: AbortSignal;
    /** Pages that are in hand with no other. */
    readonly alone: ReadonlySet<string>;
    readonly onExtracted: (session: Session) => Promise<void>;
  },
): Promise<AttemptEnd> {
  const { clock, log } = ports;
  const startedAt = clock.now();
  const queue = createQueue(
    job.spec.modules.map((module) => {
      const manifest = ports.manifests.get(module.id);
      if (!manifest)
        throw new StageflowError('unknown_module', {
          module: module.id,
          known: [...ports.manifests.keys()].join(', '),
        });
      return {
        id: module.id,
        lane: manifest.lane === 'page' ? 'page' : 'machine',
        site: manifest.site,
        everyPage: job.spec.pages.sample === 'all' || manifest.defaultPages === 'all',
      };
    }),
    control.alone,
  );
  let egress: JobEgress | null = null;
  const session = createSession(job, queue, job.spec.access ? ports.secrets.get(job.id) : null, {
    ledger: ports.ledger,
    store: fencedStore(ports, job),
    clock,
    log,
    lock: ports.lock,
    robots: ports.robots,
    planner: ports.planner?.() ?? null,
    surroundings: ports.surroundings,
    dial: (authority, tls, site) => {
      egress ??= ports.egress({ id: job.id, spec: job.spec, site });
      return egress.dial(authority, tls);
    },
  });
  let pod: RunningPod | null = null;
  let end: AttemptEnd['end'];
  const watch = new AbortController();
  try {
    if (job.spec.access && ports.secrets.get(job.id) === null) throw new StageflowError('secrets_gone');
    const runtime = await ports.pods(job.spec.isolation);
    pod = await runtime.create(
      planPod({
        jobId: job.id,
        attempt: job.attempt,
        engineId: ports.engineId,
        image: runtime.kind === 'podman' ? await ports.image() : '',
        source: job.spec.source.kind,
        memoryMiB: job.spec.limits.memoryMiB,
        cpus: POD_CPUS,
        // Whatever intake accepts must fit; pages of a tmpfs cost memory only once they are written.
        unpackedBytes: job.spec.source.kind === 'zip' ? mostUnpacked(job.spec.source.bytes) : 0,
      }),
    );
    const open = async () => {
      await control.onExtracted(session);
      const { pages, siteCells } = historyOf(ports.ledger.events(job.id));
      queue.load(pages, siteCells);
      await session.open();
    };
    const drained = whenDrained(queue, control.draining, clock, watch.signal);
    end = await Promise.race([talk(job, pod, session, ports, control.stop, open, watch.signal), drained]);
  } catch (error) {
    end = { kind: 'failed', error: asStageflowError(error) };
  }
  watch.abort();
  const inFlight = queue.inFlight();
  session.close();
  const removed = (async () => {
    await pod?.remove().catch((error: unknown) => log.warn('the pod could not be removed', { jobId: job.id, error }));
  })();
  const records = (egress as JobEgress | null)?.records() ?? [];
  (egress as JobEgress | null)?.close();
  const runner = session.runner();
  return {
    end,
    inFlight,
    skipped: [...(session.crawl()?.tally.rows() ?? []), ...sampledRows(queue.sampledOut())],
    facts: {
      attempt: job.attempt,
      startedAt,
      endedAt: clock.now(),
      end: end.kind === 'failed' ? end.error.code : end.kind,
      pod: pod?.facts ?? {},
      notes: pod?.notes ?? [],
      browser: runner?.browser ?? null,
      sandbox: runner?.sandbox ?? null,
      versions: runner?.versions ?? {},
      egress: records,
    },
    removed,
  };
}

/** Resolves when `draining` has aborted and no cell is in hand any more. */
async function whenDrained(
  queue: Queue,
  draining: AbortSignal,
  clock: Clock,
  over: AbortSignal,
): Promise<AttemptEnd['end']> {
  await new Promise<void>((resolve) => {
    if (draining.aborted) resolve();
    draining.addEventListener('abort', () => resolve(), { once: true, signal: over });
  });
  queue.drain();
  while (queue.inFlight().length > 0 && !over.aborted) await clock.sleep(DRAIN_LOOK, over).catch(() => {});
  return { kind: 'stopped' };
}

function sampledRows(urls: readonly string[]): AttemptEnd['skipped'] {
  return urls.length === 0 ? [] : [{ reason: 'sampled', count: urls.length, examples: urls.slice(0, 100) }];
}

async function talk(
  job: JobRow,
  pod: RunningPod,
  session: Session,
  ports: EnginePorts,
  stop: AbortSignal,
  open: () => Promise<void>,
  over: AbortSignal,
): Promise<AttemptEnd['end']> {
  const stopped = new Promise<AttemptEnd['end']>((resolve) => {
    if (stop.aborted) resolve({ kind: 'stopped' });
    stop.addEventListener('abort', () => resolve({ kind: 'stopped' }), { once: true, signal: over });
  });
  const containers: RunningContainer[] = [];
  const died: Promise<AttemptEnd['end']>[] = [];
  const start = async (role: Role) => {
    const container = await pod.start(role, session.handlers(role));
    containers.push(container);
    died.push(container.exited.then((report) => ({ kind: 'failed', error: exitFailure(report) })));
  };
  const starting: Promise<AttemptEnd['end']> = (async () => {
    // The runner starts while the archive is being unpacked: its assignment waits for the extractor.
    await Promise.all(job.spec.source.kind === 'zip' ? [start('extractor'), start('runner')] : [start('runner')]);
    const silent = watchContainers(containers, session, ports.clock, over);
    return Promise.race([...died, silent.then((error): AttemptEnd['end'] => ({ kind: 'failed', error }))]);
  })();
  const extraction: Promise<AttemptEnd['end']> = (async () => {
    await session.extracted;
    // Closing the session answers this wait too; a dead attempt must not go on waiting for the job's state.
    if (!over.aborted) await open();
    return new Promise<never>(() => {});
  })();
  // An exit that follows the end of the work is no failure: the session's own word comes first.
  const first = await Promise.race([session.ended, stopped, starting, extraction]);
  if (first.kind !== 'failed' || !ENDED_EARLY.has(first.error.code)) return first;
  return Promise.race([session.ended, Promise.resolve().then(() => first)]);
}
