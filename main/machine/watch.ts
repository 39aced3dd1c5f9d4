import type { Clock } from '@stageflow/engine/kernel';
import { type Hindrance, hindranceOf, MachineState } from './hindrance.ts';

/** How soon it is looked again while something is missing: a person mends it in another window. Looking starts a few programs. */
const AGAIN_MS = 15_000;

/** Looks whether this computer can scan, and goes on looking until it can. `found` is told at each look. */
export async function watchMachine(options: {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly found: (hindrance: Hindrance | null) => void;
}): Promise<void> {
  const { fetch, clock, stop, found } = options;
  while (!stop.aborted) {
    try {
      const answer = await fetch(new Request('http://localhost/api/v1/doctor', { signal: stop }));
      const hindrance = hindranceOf(MachineState.parse(await answer.json()));
      if (stop.aborted) return;
      found(hindrance);
      if (hindrance === null) return;
    } catch {
      // No engine, no word about the machine: the keeper tells of that.
    }
    await clock.sleep(AGAIN_MS, stop).catch(() => {});
  }
}
