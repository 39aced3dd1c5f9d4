import { type Clock, type Log, StageflowError } from '@stageflow/engine/kernel';
import { liveEngine } from '@stageflow/engine';
import { openFoundEngine } from './found-engine.ts';
import type { HostedApp } from './hosted-app.ts';
import { openOwnEngine } from './own-engine.ts';

/** How long an engine that another program starts may take to its first answer. */
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 100;

/** The app over this person's engine: one that runs already is used, else one is started here. One data folder has one engine (DESIGN decision 13). */
export async function openHostedApp(options: {
  readonly folder: string;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  readonly log: Log;
  readonly onLost: (reason: string) => void;
}): Promise<HostedApp> {
  const { folder, clock } = options;
  for (const until = clock.now() + PATIENCE_MS; ; await clock.sleep(LOOK_AGAIN_MS)) {
    const live = liveEngine(folder);
    try {
      if (live === null || live.pid === process.pid) return await openOwnEngine(options);
      if (live.socket !== null) {
        const found = openFoundEngine(live.socket);
        await (await found.fetch(new Request('http://localhost/livez'))).body?.cancel();
        return found;
      }
      throw new StageflowError('data_folder_busy', { pid: live.pid, path: folder });
    } catch (error) {
      if (clock.now() > until || !isPassing(error)) throw error;
    }
  }
}

/** Somebody was quicker to take the folder, or has it and does not answer yet, or no longer. */
function isPassing(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === 'data_folder_busy' || code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET';
}
