/** What one container may use. */
export interface ContainerLimits {
  readonly memoryMiB: number;
  readonly pids: number;
  readonly cpus: number;
  readonly tmpMiB: number;
  readonly shmMiB: number;
}

/** What a pod is to be, decided by pure code and carried out by a runtime. */
export interface PodPlan {
  readonly jobId: string;
  readonly attempt: number;
  /** Identity of the data folder's engine, for labels and reaping. */
  readonly engineId: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  /** Containers this job needs: `['runner']` or `['extractor', 'runner']`. */
  readonly roles: readonly ('extractor' | 'runner')[];
  readonly limits: Readonly<Record<'extractor' | 'runner', ContainerLimits>>;
}

/** The plan for one attempt of a job. ZIP jobs get two containers, URL jobs one. */
export function planPod(input: {
  readonly jobId: string;
  readonly attempt: number;
  readonly engineId: string;
  readonly image: string;
  readonly source: 'zip' | 'urls';
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Bytes that the archive may unpack to; sizes the extractor's tmpfs. */
  readonly unpackedBytes: number;
}): PodPlan {
  const { jobId, attempt, engineId, image } = input;
  return {
    jobId,
    attempt,
    engineId,
    name: `stageflow-${jobId}-${attempt}`,
    labels: {
      'io.stageflow.engine': engineId,
      'io.stageflow.job': jobId,
      'io.stageflow.attempt': String(attempt),
    },
    image,
    roles: input.source === 'zip' ? ['extractor', 'runner'] : ['runner'],
    limits: {
      extractor: {
        memoryMiB: Math.ceil(input.unpackedBytes / 2 ** 20) + 512,
        pids: 64,
        cpus: 1,
        // Room for the archive beside what it unpacks to.
        tmpMiB: Math.ceil(input.unpackedBytes / 2 ** 20) + 256,
        shmMiB: 1,
      },
      runner: { memoryMiB: input.memoryMiB, pids: 1024, cpus: input.cpus, tmpMiB: 1024, shmMiB: 256 },
    },
  };
}

/** The plan of a pod whose job is not known yet: a runner with the usual limits, labelled so that a later start reaps it. */
export function planWarmPod(input: {
  /** Distinguishes the warm pods of an engine. */
  readonly id: string;
  readonly engineId: string;
  readonly image: string;
  readonly memoryMiB: number;
  readonly cpus: number;
}): PodPlan {
  const plan = planPod({ ...input, jobId: 'warm', attempt: 1, source: 'urls', unpackedBytes: 0 });
  return { ...plan, name: `stageflow-warm-${input.id}` };
}
