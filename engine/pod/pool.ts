import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Clock, type Log, StageflowError } from '../kernel/index.ts';
import { type Assignment, PROTOCOL_VERSION, type WarmUpAssignment } from '../scanner/index.ts';
import type { PodPlan } from './plan.ts';
import { planWarmPod } from './plan.ts';
import type { ChannelHandlers, PodRuntime, RunningContainer, RunningPod } from './runtime.ts';

/** What a pool is made of. */
export interface PodPoolOptions {
  readonly runtime: PodRuntime;
  readonly engineId: string;
  /** How many pods stand ready; each costs about 350 MiB of memory. */
  readonly size: number;
  readonly image: () => Promise<string>;
  /** Limits of the runner that most jobs have. */
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly warmUp: Omit<WarmUpAssignment, 'role' | 'protocol'>;
  /** Warming takes a processor for seconds: it waits while this says that a measurement is under way. */
  readonly busy: () => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A runtime that keeps some single-use pods ready. A pod serves one job and dies. */
export interface PodPool extends PodRuntime {
  /** How many stand ready now. */
  ready(): number;
  /** Warms what is missing, in the background. */
  fill(): void;
  /** Removes what stands ready and warms nothing any more. */
  drain(): Promise<void>;
}

interface WarmPod {
  readonly plan: PodPlan;
  readonly pod: RunningPod;
  readonly container: RunningContainer;
  /** Hands the waiting runner over to its job. */
  bind(handlers: ChannelHandlers): void;
}

/** Between tries after a pod that could not be warmed, or while the machine measures, in milliseconds. */
const AGAIN = 5_000;

/** Wraps a runtime: `create` gives a warm pod where one fits the plan, else a new one. */
export function createPodPool(options: PodPoolOptions): PodPool {
  const { runtime, clock, log } = options;
  const ready: WarmPod[] = [];
  let filling: Promise<void> | null = null;
  const ended = new AbortController();

  const warm = async (): Promise<void> => {
    const plan = planWarmPod({
      id: randomBytes(6).toString('hex'),
      engineId: options.engineId,
      image: await options.image(),
      memoryMiB: options.memoryMiB,
      cpus: options.cpus,
    });
    const pod = await runtime.create(plan);
    try {
      const waiting = waitingRunner(options.warmUp);
      const container = await pod.start('runner', waiting.handlers);
      const died = container.exited.then((report) => {
        throw new StageflowError('pod_crashed', { exitCode: report.exitCode ?? 'unknown' });
      });
      await Promise.race([waiting.up, died]);
      const one: WarmPod = { plan, pod, container, bind: waiting.bind };
      ready.push(one);
      log.info('a warm pod stands ready', { pod: pod.name });
      died.catch(() => {
        const at = ready.indexOf(one);
        if (at < 0) return;
        ready.splice(at, 1);
        log.warn('a warm pod ended before it had a job', { pod: pod.name });
        void pod.remove();
        fill();
      });
    } catch (error) {
      await pod.remove();
      throw error;
    }
  };

  const fillUp = async (): Promise<void> => {
    while (ready.length < options.size && !ended.signal.aborted) {
      try {
        if (await options.busy()) await clock.sleep(AGAIN, ended.signal);
        else await warm();
      } catch (error) {
        if (ended.signal.aborted) return;
        log.warn('no pod could be warmed; trying again', { error });
        await clock.sleep(AGAIN, ended.signal).catch(() => undefined);
      }
    }
  };
  const fill = (): void => {
    if (filling !== null || ended.signal.aborted) return;
    filling = fillUp().finally(() => {
      filling = null;
    });
  };

  const join = (one: WarmPod, plan: PodPlan): RunningPod => {
    const { pod, container } = one;
    log.info('a warm pod takes a job', { pod: pod.name, jobId: plan.jobId, attempt: plan.attempt });
    return {
      id: pod.id,
      name: pod.name,
      notes: pod.notes,
      facts: { ...pod.facts, warm: true },
      start: async (role, handlers) => {
        if (role !== 'runner') return pod.start(role, handlers, plan.limits[role]);
        one.bind(handlers);
        return container;
      },
      remove: () => pod.remove().finally(fill),
    };
  };

  return {
    kind: runtime.kind,
    ready: () => ready.length,
    fill,
    create: async (plan) => {
      const at = ready.findIndex((one) => fits(one.plan, plan));
      const [one] = at < 0 ? [] : ready.splice(at, 1);
      if (one !== undefined) return join(one, plan);
      const pod = await runtime.create(plan);
      return { ...pod, remove: () => pod.remove().finally(fill) };
    },
    reap: (keep) => runtime.reap(keep),
    drain: async () => {
      ended.abort();
      await filling;
      await Promise.all(ready.splice(0).map(({ pod }) => pod.remove()));
    },
  };
}

/** A warm pod fits a job whose runner would be made just so. */
function fits(warm: PodPlan, wanted: PodPlan): boolean {
  return warm.image === wanted.image && isDeepStrictEqual(warm.limits.runner, wanted.limits.runner);
}

/** Answers for a runner without a job: first what to warm up, then, once it asks again, nothing until a job's own answers take over. */
function waitingRunner(warmUp: PodPoolOptions['warmUp']): {
  readonly handlers: ChannelHandlers;
  readonly up: Promise<void>;
  bind(handlers: ChannelHandlers): void;
} {
  const job = Promise.withResolvers<ChannelHandlers>();
  const up = Promise.withResolvers<void>();
  let asked = false;
  const refused = () => new StageflowError('bad_result', { reason: 'the container has no job yet' });
  let bound: ChannelHandlers | null = null;
  const need = (): ChannelHandlers => {
    if (bound === null) throw refused();
    return bound;
  };
  return {
    up: up.promise,
    bind: (handlers) => {
      bound = handlers;
      job.resolve(handlers);
    },
    handlers: {
      assignment: async (): Promise<Assignment> => {
        if (asked) {
          up.resolve();
          return (await job.promise).assignment();
        }
        asked = true;
        return { role: 'warm-up', protocol: PROTOCOL_VERSION, ...warmUp };
      },
      input: async () => need().input(),
      // It says that it lives, job or not.
      message: async (message) =>
        bound === null && message.type === 'heartbeat' ? { skip: false } : need().message(message),
      next: async (request, signal) => need().next(request, signal),
      putArtifact: async (path, sha256, body) => need().putArtifact(path, sha256, body),
      getArtifact: async (key) => need().getArtifact(key),
      plan: async (request) => (await need().plan?.(request)) ?? null,
      // The browser itself calls home when it starts; without a job there is nowhere to go.
      dial: async (authority, tls) =>
        bound?.dial(authority, tls) ?? { ok: false, status: 403, code: 'egress_denied', reason: 'there is no job yet' },
    },
  };
}
