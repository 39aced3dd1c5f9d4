import { type Clock, StageflowError } from '../kernel/index.ts';
import type { RunningContainer } from '../pod/index.ts';
import { HEARTBEAT_SECONDS } from '../scanner/index.ts';
import { createObserver } from './observer.ts';

/** Seconds that a runner may take from its assignment to a browser that is proved. */
const READY_SECONDS = 90;
/** Seconds of silence after which a container counts as dead: several heartbeats, and room for a busy machine. */
const SILENT_SECONDS = 60;

/** What the watch asks of an attempt's session. */
export interface WatchedTalk {
  /** True once the runner can be asked for: a ZIP job's has no assignment before the archive is unpacked. */
  assignable(): boolean;
  /** What the runner said of itself when it was ready; null until then. */
  runner(): unknown;
}

/**
 * Looks at a pod's containers once a heartbeat and resolves with `pod_silent` or `pod_not_ready`; a pod that is well, or whose attempt is
 * `over`, gives no answer. Both limits count looks and not time: when the clock jumps, or when this engine had no turn itself, as on a
 * laptop that slept or a starved machine, the heartbeats of that time are still on their way.
 */
export async function watchContainers(
  containers: readonly RunningContainer[],
  talk: WatchedTalk,
  clock: Clock,
  over: AbortSignal,
): Promise<StageflowError> {
  const seen = createObserver();
  let unready = 0;
  while (!over.aborted) {
    await clock.sleep(HEARTBEAT_SECONDS * 1000, over).catch(() => {});
    if (over.aborted) break;
    if (talk.runner() === null && talk.assignable()) unready += 1;
    if (talk.runner() === null && unready * HEARTBEAT_SECONDS > READY_SECONDS)
      return new StageflowError('pod_not_ready', { seconds: READY_SECONDS });
    const looks = containers.map(({ role, lastSeen }) => seen.unchanged(role, String(lastSeen())));
    if (Math.max(...looks) * HEARTBEAT_SECONDS > SILENT_SECONDS)
      return new StageflowError('pod_silent', { seconds: SILENT_SECONDS });
    seen.endRound();
  }
  return new Promise<never>(() => {});
}
