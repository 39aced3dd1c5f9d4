import type { Clock, Log } from '@stageflow/engine/kernel';
import { z } from 'zod';
import { readStream } from '../../server/local/server-sent.ts';
import { JobLine } from './line.ts';

/** Jobs that the tray and notifications look at. */
const LOOK_AT = 50;
/** Events of running jobs come many a second; the list is asked for at most this often. */
const CALM_MS = 1_000;
/** Before a lost stream is asked for again. */
const AGAIN_MS = 1_000;

const Lines = z.object({ jobs: z.array(JobLine) });

/** Looks at the jobs whenever something happens in one, through the same API as the window. `look` gets the newest first. Ends with `stop`. */
export async function watchJobs(options: {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly clock: Clock;
  readonly log: Log;
  readonly stop: AbortSignal;
  readonly look: (jobs: readonly JobLine[]) => void;
}): Promise<void> {
  const { fetch, clock, log, stop, look } = options;
  const ask = async (path: string, signal: AbortSignal) => {
    const answer = await fetch(new Request(`http://localhost${path}`, { signal }));
    if (answer.ok) return answer;
    await answer.body?.cancel();
    throw new Error(`${path} answered ${answer.status}`);
  };
  const refresh = async () => look(Lines.parse(await (await ask(`/api/v1/jobs?limit=${LOOK_AT}`, stop)).json()).jobs);
  const pause = (ms: number) => clock.sleep(ms, stop).catch(() => {});

  /** Looks again after a while of calm, once for everything that happened meanwhile. */
  let due: Promise<void> | null = null;
  const soon = () => {
    due ??= pause(CALM_MS).then(async () => {
      due = null;
      if (!stop.aborted) await refresh().catch(() => {});
    });
  };
  while (!stop.aborted) {
    const turn = new AbortController();
    try {
      const stream = await ask('/api/v1/stream', AbortSignal.any([stop, turn.signal]));
      // After the stream has begun: nothing that happens from here on is missed.
      await refresh();
      for await (const _message of readStream(stream.body ?? ([] as never))) soon();
    } catch (error) {
      // The engine is away; the keeper says so to the person, and what happened meanwhile is seen when it is back.
      if (!stop.aborted) log.debug('the jobs cannot be followed just now', { error });
    } finally {
      turn.abort();
    }
    await pause(AGAIN_MS);
  }
  await due;
}
