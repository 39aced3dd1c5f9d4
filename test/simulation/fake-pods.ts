import { zstdCompressSync } from 'node:zlib';
import { type Clock, StageflowError } from '../../engine/kernel/index.ts';
import type { ChannelHandlers, ExitReport, PodRuntime, Role } from '../../engine/pod/index.ts';
import type { Buggify } from './buggify.ts';
import type { CellFindings, ContainerMessage, SandboxProof, WorkItem } from '../../engine/scanner/index.ts';

/** Ways in which a simulated container goes wrong; each a chance per step. */
export interface PodFailings {
  /** Ends as if killed. */
  readonly crash: number;
  /** Stops answering without ending. */
  readonly freeze: number;
  /** Says the same thing twice (a lost answer). */
  readonly repeat: number;
  /** The pod cannot be created. */
  readonly refuse: number;
  /** A cell fails by itself. */
  readonly cellFails: number;
}

/** A container of the simulation, as its fate sees it. */
export interface FakeContainer {
  readonly attempt: number;
  readonly role: Role;
  /** Cells that it has told the engine of. */
  readonly cells: number;
  /** It has been handed work that it has not told all of. */
  readonly busy: boolean;
}

/** What the simulated pods saw. */
export interface PodWitness {
  /** Cells handed out while their event was recorded already. */
  readonly again: string[];
  alive(): number;
  /** Jobs that have a container now. */
  jobs(): number;
  killAll(): void;
}

const SANDBOX: SandboxProof = {
  rendererSeccomp: 2,
  ownFilters: 1,
  ownNamespaces: true,
  flagsClean: true,
  capEff: '0000000000000000',
  noNewPrivs: true,
};
const NO_COUNTS = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };
const NOTHING: CellFindings = { findings: [], scores: [], facts: {}, passes: 1 };

class Ended extends Error {}

/** Pods that speak the container's part of the protocol straight to the engine's handlers, under the simulation's clock. */
export function createFakePods(input: {
  readonly clock: Clock;
  readonly random: () => number;
  readonly buggify: Buggify;
  readonly failings: PodFailings;
  readonly finished: (jobId: string, cell: string) => boolean;
  /** Links of each page of the simulated site. */
  readonly links: (url: string) => readonly string[];
  /** What every cell finds; nothing unless told otherwise. */
  readonly found?: CellFindings['findings'];
  /** Asked at every moment of a container's life: the end that it meets now, or null. */
  readonly fate?: (container: FakeContainer) => Partial<ExitReport> | null;
}): PodRuntime & PodWitness {
  const { clock, random, buggify, failings } = input;
  const again: string[] = [];
  /** Engines that were killed so far: whatever one of them had begun, nobody goes on with. */
  let killed = 0;
  const running = new Set<{ readonly jobId: string; end(report: Partial<ExitReport>): void }>();

  const start = (jobId: string, attempt: number, role: Role, handlers: ChannelHandlers) => {
    const doing = { attempt, role, cells: 0, busy: false };
    let seen = clock.now();
    let ended = false;
    let finish!: (report: ExitReport) => void;
    const exited = new Promise<ExitReport>((resolve) => {
      finish = resolve;
    });
    const container = {
      jobId,
      end: (report: Partial<ExitReport>) => {
        if (ended) return;
        ended = true;
        running.delete(container);
        finish({ role, exitCode: 0, oomKilled: false, asked: false, stderr: '', ...report });
      },
    };
    running.add(container);
    /** A moment in the container's life: time passes, and things go wrong. */
    const step = async () => {
      await clock.sleep(10 + Math.floor(random() * 400));
      if (ended) throw new Ended();
      const fate = input.fate?.(doing) ?? null;
      if (fate !== null) container.end(fate);
      else if (buggify.hit('pod crashes', failings.crash)) container.end({ exitCode: 137, oomKilled: random() < 0.5 });
      else if (buggify.hit('pod freezes', failings.freeze)) await new Promise<never>(() => {});
      if (ended) throw new Ended();
      seen = clock.now();
    };
    const send = async (message: ContainerMessage) => {
      await step();
      const answer = await handlers.message(message);
      if (message.type === 'cell.done') doing.cells += 1;
      if (buggify.hit('message repeated', failings.repeat)) await handlers.message(message);
      return answer;
    };
    const beat = async () => {
      while (!ended) {
        await clock.sleep(5000);
        if (!ended && seen + 20_000 > clock.now())
          await handlers.message({ type: 'heartbeat' }).then(
            () => (seen = clock.now()),
            () => {},
          );
      }
    };
    const life = role === 'extractor' ? extract(handlers, send) : scan(jobId, handlers, send, step, doing);
    life.then(
      () => (role === 'runner' ? container.end({ exitCode: 0 }) : undefined),
      async (error: unknown) => {
        if (error instanceof Ended) return;
        // As the real ones do: what they could not go on for is said before the end.
        if (error instanceof StageflowError && error.code === 'store_failed')
          await handlers.message({ type: 'fatal', code: error.code, reason: error.reason }).catch(() => {});
        container.end({ exitCode: 1, stderr: String(error) });
      },
    );
    void beat();
    return { role, exited, lastSeen: () => seen, kill: async () => container.end({ asked: true, exitCode: 137 }) };
  };

  const extract = async (handlers: ChannelHandlers, send: (m: ContainerMessage) => Promise<unknown>) => {
    await handlers.assignment();
    for await (const _ of (await handlers.input()) ?? []) continue;
    const site = {
      files: 3,
      bytes: 30,
      pages: ['/', '/a', '/b'],
      entry: '/',
      root: '',
      hosting: [],
      declaredFor: null,
      productionOrigin: null,
      notes: [],
    };
    await send({ type: 'extractor.ready', port: 8080, site });
  };

  const store = async (handlers: ChannelHandlers, path: string, value: unknown) => {
    const bytes = zstdCompressSync(JSON.stringify(value));
    return handlers.putArtifact(
      path,
      null,
      (async function* () {
        yield bytes;
      })(),
    );
  };

  const cell = async (
    jobId: string,
    handlers: ChannelHandlers,
    send: (m: ContainerMessage) => Promise<unknown>,
    pageId: string,
    scanner: string,
  ) => {
    if (input.finished(jobId, `${pageId}/${scanner}`)) again.push(`${jobId} ${pageId}/${scanner}`);
    const bad = buggify.hit('cell fails', failings.cellFails);
    const findings = bad
      ? null
      : await store(handlers, `${scanner}/cells/${pageId}.findings.json.zst`, {
          ...NOTHING,
          findings: input.found ?? [],
        });
    await send({
      type: 'cell.done',
      pageId,
      scanner,
      outcome: bad ? 'failed' : 'ok',
      code: bad ? 'cell_failed' : null,
      reason: bad ? 'it was unlucky' : null,
      raw: null,
      findings,
      evidence: [],
      counts: NO_COUNTS,
      milliseconds: 5,
    });
  };

  const scan = async (
    jobId: string,
    handlers: ChannelHandlers,
    send: (m: ContainerMessage) => Promise<{ skip: boolean }>,
    step: () => Promise<void>,
    doing: { busy: boolean },
  ) => {
    let assignment = await handlers.assignment();
    if (assignment.role === 'warm-up') assignment = await handlers.assignment();
    if (assignment.role !== 'runner') throw new Error('not a runner');
    await send({ type: 'runner.ready', browser: 'Simulated 1', sandbox: SANDBOX, versions: {} });
    if (assignment.readOrigin) {
      await send({
        type: 'runner.origin',
        origin: new URL(assignment.entries[0] ?? 'http://x').origin,
        robots: null,
        sitemaps: [],
      });
    }
    const work = async (item: WorkItem) => {
      await step();
      if (item.kind === 'site') return cell(jobId, handlers, send, '_site', item.scanner);
      if (item.kind === 'machine') return cell(jobId, handlers, send, item.page.id, item.scanner);
      const { id, url } = item.page;
      const links = input.links(url).map((link) => ({ url: new URL(link, url).href, nofollow: false }));
      const { skip } = await send({
        type: 'page.visited',
        pageId: id,
        finalUrl: url,
        status: 200,
        title: url,
        canonical: null,
        template: 't',
        links,
        blocked: [],
      });
      if (!skip) for (const scanner of item.scanners) await cell(jobId, handlers, send, id, scanner);
      await send({
        type: 'page.done',
        pageId: id,
        status: skip ? 'skipped' : 'scanned',
        code: null,
        reason: null,
        evidence: [],
      });
    };
    await Promise.all(
      (['page', 'site', 'machine'] as const).map(async (lane) => {
        for (;;) {
          const item = await handlers.next({ lane }, AbortSignal.any([]));
          await step();
          if (item === 'done') return;
          if (item === 'wait') continue;
          doing.busy = true;
          await work(item);
          doing.busy = false;
        }
      }),
    );
  };

  return {
    kind: 'podman',
    again,
    alive: () => running.size,
    jobs: () => new Set([...running].map(({ jobId }) => jobId)).size,
    killAll: () => {
      killed += 1;
      for (const container of running) container.end({ exitCode: 137 });
    },
    reap: async () => 0,
    create: async (plan) => {
      const life = killed;
      await clock.sleep(200);
      if (buggify.hit('pod refused', failings.refuse))
        throw new StageflowError('podman_failed', { reason: 'a bad moment' });
      const containers = new Set<Awaited<ReturnType<typeof start>>>();
      let removed = false;
      return {
        id: plan.name,
        name: plan.name,
        notes: [],
        facts: {},
        start: async (role, handlers) => {
          await clock.sleep(100);
          // A container that is started for an engine which is gone finds its channel closed and ends.
          if (life !== killed) return new Promise<never>(() => {});
          // As the real ones do: what is begun after the removal, or comes up during it, is refused.
          if (removed) throw new StageflowError('podman_failed', { reason: 'the pod has been removed' });
          const container = start(plan.jobId, plan.attempt, role, handlers);
          containers.add(container);
          return container;
        },
        remove: async () => {
          removed = true;
          for (const container of containers) await container.kill();
        },
      };
    },
  };
}
