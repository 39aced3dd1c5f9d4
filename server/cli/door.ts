import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defaultDataFolder, openDataFolder, openIntakes, reportsOf } from '@stageflow/engine';
import type { ArtifactStore } from '@stageflow/engine/artifact';
import { nextState } from '@stageflow/engine/fsm';
import { systemClock } from '@stageflow/engine/kernel';
import { type Ledger, openLedger } from '@stageflow/engine/ledger';
import { findLiveDoor, findOrOpenDoor } from '../local/find-door.ts';
import { storeAt } from './store.ts';
import { type Door, openRecords, type Records } from '../local/records.ts';

/** An engine that runs jobs: the live one of the data folder, else one of this process. */
export async function openDoor(options: {
  readonly isolation: 'pod' | 'process';
  readonly say: (line: string) => void;
}): Promise<Door> {
  const { isolation, say } = options;
  const door = await findOrOpenDoor(defaultDataFolder(), systemClock, async () => {
    // Only who starts an engine waits for its parts to load.
    const [{ createApp }, { ServerConfig }, { openOwnDoor }, { machineLog, openMachineEngine }, { removeOldJobs }] =
      await Promise.all([
        import('../app.ts'),
        import('../config.ts'),
        import('../local/own-door.ts'),
        import('./machine.ts'),
        import('./old-jobs.ts'),
      ]);
    const engine = await openMachineEngine({ isolation, say });
    try {
      const { manifests } = engine;
      const app = createApp({
        engine,
        manifests,
        config: ServerConfig.parse({}),
        clock: systemClock,
        log: machineLog(),
        pressure: () => null,
      });
      const own = await openOwnDoor(app, engine);
      const close = async () => {
        // At the end: a job of long ago may be the very one that this command went on with.
        await removeOldJobs({ ...engine, clock: systemClock, log: machineLog() }, process.env, say);
        await own.close();
      };
      return { ...own, close, own: true };
    } catch (thrown) {
      await engine.close();
      throw thrown;
    }
  });
  // The live engine brought what its own jobs need; ours may need another kind of isolation.
  if (!('own' in door)) {
    const { prepareMachine } = await import('@stageflow/engine/preflight');
    await prepareMachine({ say, isolation, bringNats: false });
  }
  return door;
}

/** What the data folder holds: asked of its live engine, else read from its files; null when there is no data folder yet. */
export async function openFolderRecords(): Promise<(Records & { close(): Promise<void> }) | null> {
  const folder = defaultDataFolder();
  const live = await findLiveDoor(folder, systemClock);
  if (live) return live;
  const path = join(folder, 'ledger.db');
  if (!existsSync(path)) return null;
  const ledger = openLedger({ path, clock: systemClock, nextState });
  const store = storeAt(join(folder, 'store'));
  const intakes = await intakesOf(ledger, store);
  return { ...openRecords({ ledger, store, reports: reportsOf(folder), intakes }), close: async () => ledger.close() };
}

/** The records of the data folder for who brings something in: of its live engine, else of a folder that is made where needed and locked meanwhile. */
export async function openFolderToFill(): Promise<Records & { close(): Promise<void> }> {
  const live = await findLiveDoor(defaultDataFolder(), systemClock);
  if (live) return live;
  const folder = openDataFolder(defaultDataFolder());
  try {
    const store = storeAt(folder.store);
    await store.prepare();
    const ledger = openLedger({ path: folder.ledger, clock: systemClock, nextState });
    const close = async () => {
      ledger.close();
      folder.release();
    };
    const intakes = await intakesOf(ledger, store);
    return { ...openRecords({ ledger, store, reports: folder.reports, intakes }), close };
  } catch (error) {
    folder.release();
    throw error;
  }
}

/** The account of what comes into a folder that no engine has; the next engine clears away what was left half-way. */
async function intakesOf(ledger: Ledger, store: ArtifactStore): Promise<ReturnType<typeof openIntakes>> {
  const { machineLog } = await import('./machine.ts');
  return openIntakes({ ledger, store, clock: systemClock, log: machineLog() });
}
