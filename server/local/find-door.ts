import { liveEngine } from '@stageflow/engine';
import { type Clock, StageflowError } from '@stageflow/engine/kernel';
import { isGone, openClient } from './client.ts';
import { dialLocal } from './dial.ts';
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
    if (live.socket !== null && (await answers(live.socket))) return openClient(live.socket, folder);
    if (live.socket === null || clock.now() > until)
      throw new StageflowError('data_folder_busy', { pid: live.pid, path: folder });
    await clock.sleep(LOOK_AGAIN_MS);
  }
}

async function answers(socket: string): Promise<boolean> {
  try {
    const { body } = await dialLocal(socket, { method: 'GET', path: '/local/v1/jobs?limit=1' });
    for await (const _ of body);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
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
