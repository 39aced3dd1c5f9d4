import type { LocalEngine } from '@stageflow/engine';
import type { App } from '../app.ts';
import { listenLocally, type LocalListener } from './listen.ts';
import { withOwnerRoutes } from './owner-routes.ts';
import { type Door, openRecords } from './records.ts';

/** Lets the machine's owner in: serves an app, and what only the owner may ask, on the socket of the engine's data folder. Null where there is none. `address` is where people reach it over HTTP; null for the engine of one command. */
export async function serveOwner(app: App, engine: LocalEngine, address: string | null): Promise<LocalListener | null> {
  return engine.socket === null ? null : listenLocally(withOwnerRoutes(app, engine, address), engine.socket);
}

/** The engine of this process, which others of this machine may use while it lives. */
export async function openOwnDoor(app: App, engine: LocalEngine): Promise<Door> {
  const listener = await serveOwner(app, engine, null);
  return {
    ...openRecords(engine),
    folder: engine.folder,
    socket: engine.socket,
    address: null,
    newJobId: engine.newJobId,
    staging: engine.staging,
    submit: async (job) => engine.submit(job),
    retry: async (...args) => engine.retry(...args),
    resume: engine.resume,
    cancel: engine.cancel,
    follow: engine.follow,
    ended: engine.ended,
    close: async () => {
      await listener?.close();
      await engine.close();
    },
  };
}
