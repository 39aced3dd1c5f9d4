import { liveEngine } from '@stageflow/engine';
import { type Clock, StageflowError } from '@stageflow/engine/kernel';
import { isGone, openClient } from './client.ts';
import { OWNER_BASE, dialLocal } from './dial.ts';
import type { Door } from './records.ts';

/** How long an engine may take from its lock to its first answer, and a dying one to give its folder back. */
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 100;

/** The engine that has a data folder, once it answers; null when nobody has it. `data_folder_busy` when its owner never answers. */
export async function findLiveDoor(folder: string, clock: Clock): Promise<Door | null> {
  const until = clock.now() + PATIENCE_MS;
  for (;;) {
    const live = liveEngine(folder);
    if (!live || live.pid === process.pid) return null;
    const engine = live.socket === null ? null : await askEngine(live.socket);
    if (live.socket !== null && engine) return openClient(live.socket, folder, engine.address);
    if (live.socket === null || clock.now() > until)
      throw new StageflowError('data_folder_busy', { pid: live.pid, path: folder });
    await clock.sleep(LOOK_AGAIN_MS);
  }
}

/** What the engine behind a socket says of itself; null while nobody answers. */
async function askEngine(socket: string): Promise<{ readonly address: string | null } | null> {
  try {
    const { body } = await dialLocal(socket, { method: 'GET', path: `${OWNER_BASE}/engine` });
    let text = '';
    for await (const chunk of body) text += Buffer.from(chunk).toString();
    return JSON.parse(text) as { address: string | null };
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

/** The engine after one that has gone. A server comes back: taking its folder meanwhile would keep it out. Null when it does not. */
export async function awaitReturn(folder: string, clock: Clock): Promise<Door | null> {
  for (const until = clock.now() + PATIENCE_MS; clock.now() < until; await clock.sleep(LOOK_AGAIN_MS)) {
    const door = await findLiveDoor(folder, clock);
    if (door) return door;
  }
  return null;
}

/** The live engine of a data folder, else one of our own; whoever is quicker to start it is used by the others. */
export async function findOrOpenDoor(folder: string, clock: Clock, open: () => Promise<Door>): Promise<Door> {
  for (;;) {
    const live = await findLiveDoor(folder, clock);
    if (live) return live;
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof StageflowError && error.code === 'data_folder_busy')) throw error;
    }
  }
}
