import { statfs } from 'node:fs/promises';
import type { LocalEngine } from '@stageflow/engine';
import { storeCanary } from '@stageflow/engine/artifact';
import type { Clock, Log } from '@stageflow/engine/kernel';
import { CHECKS } from '@stageflow/engine/preflight';
import { judgeHealth, PARTS, type Health, type Part, type Reading } from './health.ts';

/** One look at a part. Resolves to a clause for a person when it does not work, to null when it does. May reject. */
export type Canary = () => Promise<string | null>;

/** Milliseconds from the start of one round to the next, and for how long a canary is waited for: a fault shows within two rounds. */
export const ROUND_MS = 5_000;
const PATIENCE_MS = 4_500;
/** Rounds for which the queue may fail while the disk has room before its server is started again. */
const ROUNDS_TO_RESTART = 4;

/** Canaries that go on until `stop`. */
export interface Watch {
  /** As the last round left it. */
  health(): Health;
  stop(): void;
}

/** Why a disk with so little room takes no new work; null when it may. Pure. */
export function judgeDisk(disk: { readonly bsize: number; readonly blocks: number; readonly bavail: number }) {
  const free = disk.bavail * disk.bsize;
  const least = Math.max(2 ** 30, (disk.blocks * disk.bsize) / 20);
  if (free >= least) return null;
  const mib = (bytes: number) => Math.floor(bytes / 2 ** 20);
  return `the disk has ${mib(free)} MiB left and ${mib(least)} MiB are wanted`;
}

/** The canaries of a local engine. Each writes where it can: a part that only says that it is well is no evidence. */
export function canariesOf(engine: LocalEngine, clock: Clock): Readonly<Record<Part, Canary>> {
  const podman = CHECKS.find((check) => check.id === 'podman');
  return {
    database: async () => {
      engine.ledger.setSetting('canary', String(clock.now()));
      return null;
    },
    queue: async () => ((await engine.queue.healthy()) ? null : 'the queue stores nothing'),
    store: async () => {
      const { ok, reason } = await storeCanary(engine.store, clock);
      return ok ? null : (reason ?? 'the store stores nothing');
    },
    disk: async () => judgeDisk(await statfs(engine.folder)),
    podman: async () => {
      const result = await podman?.run();
      return result === undefined || result.status === 'ok' || result.status === 'warning' ? null : result.detail;
    },
  };
}

/** Runs a canary; one that is too slow or throws is a part that does not work. */
async function look(part: Part, canary: Canary, clock: Clock): Promise<Reading> {
  const begun = clock.now();
  const patience = new AbortController();
  const late = clock.sleep(PATIENCE_MS, patience.signal).then(
    () => `${part} did not answer within ${PATIENCE_MS / 1000} s`,
    () => null,
  );
  const found = canary().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  const reason = await Promise.race([found, late]);
  patience.abort();
  return { ok: reason === null, reason, ms: clock.now() - begun };
}

/** Looks at every part once, then each five seconds. `restartQueue` is called when the queue stays dumb although the disk has room. */
export async function startCanaries(options: {
  readonly canaries: Readonly<Record<Part, Canary>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly stopping: AbortSignal;
  readonly restartQueue: () => void;
  /** Told of every round. */
  readonly onRound?: (parts: Readonly<Record<Part, Reading>>) => void;
}): Promise<Watch> {
  const { canaries, clock, log, stopping, restartQueue, onRound } = options;
  let parts: Record<Part, Reading> | null = null;
  let dumb = 0;
  let stopped = false;

  const round = async () => {
    const found = await Promise.all(
      PARTS.map(async (part) => [part, await look(part, canaries[part], clock)] as const),
    );
    const now = Object.fromEntries(found) as Record<Part, Reading>;
    for (const part of PARTS) {
      const before = parts?.[part].ok ?? true;
      if (before && !now[part].ok) log.error('a part of the server does not work', { part, reason: now[part].reason });
      if (!before && now[part].ok) log.info('a part of the server works again', { part });
    }
    parts = now;
    dumb = now.queue.ok || !now.disk.ok ? 0 : dumb + 1;
    if (dumb === ROUNDS_TO_RESTART) {
      dumb = 0;
      log.warn('the queue stays dumb; its server is started again');
      restartQueue();
    }
    onRound?.(now);
    return now;
  };
  const first = await round();
  const again = (begun: number) => {
    clock.after(Math.max(100, begun + ROUND_MS - clock.now()), () => {
      if (stopped) return;
      const next = clock.now();
      round()
        .catch((error: unknown) => log.error('a round of the canaries broke', { error }))
        .finally(() => again(next));
    });
  };
  again(clock.now());
  return {
    health: () => judgeHealth(parts ?? first, stopping.aborted),
    stop: () => {
      stopped = true;
    },
  };
}
