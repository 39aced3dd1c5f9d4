import { randomBytes } from 'node:crypto';
import type { ArtifactStore } from '../artifact/index.ts';
import { type Bus, connectJetStreamBus, startNatsServer, type StreamRetention } from '../bus/index.ts';
import type { JobSpec } from '../event/index.ts';
import { nextState } from '../fsm/index.ts';
import { type Clock, type Log, systemClock } from '../kernel/index.ts';
import { type Ledger, openLedger } from '../ledger/index.ts';
import { podmanHost } from '../pod/host/index.ts';
import { ensureImage } from '../pod/image/index.ts';
import {
  createPodmanRuntime,
  createPodPool,
  createProcessRuntime,
  type PodPool,
  type PodRuntime,
} from '../pod/index.ts';
import { SUBMIT_DEFAULTS } from '../submit/index.ts';
import { discoverScanners } from '../scanner/discover.ts';
import type { Manifest } from '../scanner/index.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { type Engine, type EngineOptions, startEngine } from './engine.ts';
import type { ModelSettings } from '../model/index.ts';
import { jobEgress, type OwnPlaces, servicePlace } from './job-egress.ts';
import { plannerOf } from './model.ts';
import { createMachineLock, type MachineLock } from './machine-lock.ts';
import type { EnginePorts } from './ports.ts';
import { processFolder, releaseProcessFolder } from './process-folder.ts';
import { judgeRobots } from './robots-judge.ts';
import { createReportWriter } from './report-writer.ts';
import { sweepStaging } from './retention.ts';
import { openSecretFolder } from './secrets.ts';
import { POD_CPUS } from './attempt.ts';
import { type RunnerSurroundings, warmUpOf } from './session/assignment.ts';

/** Who asks for the measurement lane only to see whether it is free. */
const WARMING = 'warm pods';

/** What a person's machine gives the engine. */
export interface LocalEngineOptions {
  /** The data folder; made where needed. */
  readonly folder: string;
  /** Folder that holds the scanners. */
  readonly scanners: string;
  /** Path of a nats-server to be run as a child, or the address and token of one that runs already (loopback or TLS only). */
  readonly natsServer: string | { readonly url: string; readonly token: string };
  /** Told what is being built or waited for, for a person to read. */
  readonly say: (line: string) => void;
  readonly surroundings: RunnerSurroundings;
  /** Where a model answers, for modules that are given a goal; null or left out for none. */
  readonly model?: ModelSettings | null;
  /** Where the installation's other parts are; the queue is added here. */
  readonly ownPlaces: OwnPlaces;
  readonly node: string;
  readonly log: Log;
  readonly clock?: Clock;
  /** How the engine is run; the default is one command's. */
  readonly engine?: EngineOptions;
  /** Told when the queue is lost for good. */
  readonly onLost?: (reason: string) => void;
  /** Where artifacts go. */
  readonly store: (folder: DataFolder) => ArtifactStore;
  /** Told before each start of a pod. */
  readonly onPodStart?: () => void;
  /** What a job that is about to come will ask for, and the image that was just found for it: it need not wait for Podman once more. */
  readonly coming?: { readonly isolation: JobSpec['isolation']; readonly image: string | null };
  /** Single-use pods that stand ready with a browser up (DESIGN decision 8); none by default. */
  readonly warmPods?: number;
  /** What the queue's streams keep; see `StreamRetention`. */
  readonly streams?: StreamRetention;
  /** Days for which the archive of an ended job is kept; see `sweepStaging`. */
  readonly stagingDays?: number;
}

/** An engine of this machine, and how to give everything back. */
export interface LocalEngine extends Engine {
  readonly folder: string;
  /** Where it should listen for the machine's owner; null where sockets are no files. */
  readonly socket: string | null;
  readonly manifests: ReadonlyMap<string, Manifest>;
  readonly queue: {
    readonly facts: Bus['facts'];
    /** True when the queue has just stored something, which is the only evidence that it can. */
    healthy(): Promise<boolean>;
    /** Ends a queue server of ours, which is then started again; some never recover from a full disk by themselves. */
    restart(): void;
  };
  /** Stops the engine, its queue server and its ledger, and frees the data folder. */
  close(): Promise<void>;
}

/** Opens the data folder, starts the queue and the engine, and reaps what a dead engine of this folder left behind. */
export async function openLocalEngine(options: LocalEngineOptions): Promise<LocalEngine> {
  const clock = options.clock ?? systemClock;
  const { log } = options;
  const folder = openDataFolder(options.folder);
  const undo: (() => Promise<void> | void)[] = [() => folder.release()];
  const unwind = async () => {
    // A step that fails must not keep the later ones from giving back the queue server, the ledger and the folder.
    for (const step of undo.splice(0).toReversed()) {
      try {
        await step();
      } catch (error) {
        log.warn('a part of the engine did not end as it should', { error });
      }
    }
  };
  try {
    const ledger = openLedger({ path: folder.ledger, clock, nextState });
    undo.push(() => ledger.close());
    undo.push(() => releaseProcessFolder(ledger));
    let engineId = ledger.setting('engineId');
    if (engineId === null) {
      engineId = randomBytes(8).toString('hex');
      ledger.setSetting('engineId', engineId);
    }
    const id = engineId;
    const store = options.store(folder);
    const { natsServer } = options;
    // One folder has one engine: what is half sent for a job of this ledger was being sent by an earlier one.
    const begun = new Set(ledger.service.intakes.list().map(({ jobId }) => jobId));
    const ours = (jobId: string) => begun.has(jobId) || ledger.job(jobId) !== null;
    const server =
      typeof natsServer === 'string'
        ? startNatsServer({ binary: natsServer, directory: folder.nats, clock, log })
        : Promise.resolve({ ...natsServer, pid: () => null, stop: async () => {} });
    undo.push(() => server.then((started) => started.stop()).catch(() => {}));
    const clear = (isolation: JobSpec['isolation']) => clearedRuntime(isolation, id, ledger, log);
    const { coming } = options;
    // While the queue starts.
    const early = coming ? clear(coming.isolation) : null;
    // An error is told where the runtime is needed.
    const over = early?.then(
      () => {},
      () => {},
    );
    undo.push(() => over);
    const [nats, manifests] = await Promise.all([server, discoverScanners(options.scanners), store.prepare(ours)]);
    const bus = await connectJetStreamBus({
      url: nats.url,
      token: nats.token,
      node: options.node,
      engineId: id,
      clock,
      log,
      onPoison: (event) => engine.poisoned(event),
      onStreamsMade: () => {
        for (const job of ledger.open()) ledger.republish(job.id);
      },
      ...(options.streams ? { streams: options.streams } : {}),
      ...(options.onLost ? { onLost: options.onLost } : {}),
    });
    undo.push(() => bus.close());
    await bus.prepare();

    const lock = createMachineLock();
    const byId = new Map(manifests.map((manifest) => [manifest.id, manifest]));
    const pools: PodPool[] = [];
    let known: string | null = null;
    let found = coming?.image ?? null;
    const ensured = async () => {
      known = found ?? (await ensureImage(await podmanHost(), options.say));
      // True at the start; later it may have been removed.
      found = null;
      return known;
    };
    // Looking costs a start of Podman. A pod that stands ready keeps its image from being removed, so that it need not be looked for.
    const image = async () => (known !== null && pools.some((pool) => pool.ready() > 0) ? known : ensured());
    /** Pods that stand ready, where the engine lives long enough to need them. */
    const pooled = (made: PodRuntime): PodRuntime => {
      if (!options.warmPods || made.kind !== 'podman') return made;
      const pool = createPodPool({
        runtime: made,
        engineId: id,
        size: options.warmPods,
        image: ensured,
        memoryMiB: SUBMIT_DEFAULTS.memoryMiB,
        cpus: POD_CPUS,
        warmUp: warmUpOf(byId, options.surroundings),
        busy: () => measuring(lock),
        clock,
        log,
      });
      pools.push(pool);
      pool.fill();
      return pool;
    };
    undo.push(async () => {
      await Promise.all(pools.map((pool) => pool.drain()));
    });

    const runtimes = new Map<string, Promise<PodRuntime>>();
    const runtimeOf = (isolation: JobSpec['isolation']) => {
      let runtime = runtimes.get(isolation);
      if (!runtime) {
        runtime = (async () => {
          const made = await (early !== null && isolation === coming?.isolation ? early : clear(isolation));
          return pooled(options.onPodStart ? announced(made, options.onPodStart) : made);
        })();
        runtimes.set(isolation, runtime);
      }
      return runtime;
    };
    const reporting = { ledger, store, manifests: byId, clock, log, bus };
    const ports: EnginePorts = {
      ledger,
      bus,
      store,
      reports: folder.reports,
      pods: runtimeOf,
      egress: (job) =>
        jobEgress(job, {
          services: () => [servicePlace(nats.url), ...options.ownPlaces.services()],
          addresses: options.ownPlaces.addresses,
          trust: options.surroundings.testTrust === null ? [] : [options.surroundings.testTrust.pem],
        }),
      robots: judgeRobots,
      planner: options.model ? plannerOf(options.model) : null,
      secrets: openSecretFolder(folder.secrets),
      manifests: byId,
      lock,
      clock,
      log,
      image,
      surroundings: options.surroundings,
      report: createReportWriter(reporting),
      engineId: id,
      node: options.node,
    };
    await sweepStaging(ports, options.stagingDays);
    const atWork = ledger.open().filter(({ state }) => state !== 'PENDING');
    const engine = await startEngine(ports, options.engine);
    undo.push(() => engine.stop());
    // Whoever was killed had pods; a job that only wants its report would start none, and so never look for them.
    const reaped = Promise.allSettled(atWork.map(({ spec }) => runtimeOf(spec.isolation)));
    undo.push(async () => void (await reaped));
    // Warm pods are wanted before the first job is.
    if (options.warmPods) await runtimeOf('pod');
    const queue: LocalEngine['queue'] = {
      facts: bus.facts,
      healthy: () => bus.healthy(),
      restart: () => {
        const pid = nats.pid();
        if (pid !== null) process.kill(pid, 'SIGTERM');
      },
    };
    return { ...engine, folder: folder.root, socket: folder.socket, manifests: byId, queue, close: unwind };
  } catch (error) {
    await unwind();
    throw error;
  }
}

/** A runtime of this engine, what an earlier life of it left behind removed: it may still hold memory that the first pod needs. */
async function clearedRuntime(
  isolation: JobSpec['isolation'],
  engineId: string,
  ledger: Ledger,
  log: Log,
): Promise<PodRuntime> {
  const made =
    isolation === 'pod'
      ? createPodmanRuntime({ host: await podmanHost(), engineId, log })
      : createProcessRuntime({ engineId, folder: processFolder(ledger), log });
  await made.reap(() => false);
  return made;
}

/** True while a job measures on this machine, whoever's it is. */
async function measuring(lock: MachineLock): Promise<boolean> {
  if (!(await lock.tryAcquire(WARMING))) return true;
  lock.release(WARMING);
  return false;
}

/** A runtime that says so before it makes a pod. */
function announced(runtime: PodRuntime, onPodStart: () => void): PodRuntime {
  return {
    kind: runtime.kind,
    create: (plan) => {
      onPodStart();
      return runtime.create(plan);
    },
    reap: (keep) => runtime.reap(keep),
  };
}
