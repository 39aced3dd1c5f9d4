import { S3Store } from '@stageflow/engine/artifact';
import type { Clock, Log } from '@stageflow/engine/kernel';
import { remoteApi } from '../server/cli/desk/remote-api.ts';
import { asker } from './agree.ts';
import type { Electron } from './electron.ts';
import type { CallHandlers } from './ipc/serve.ts';
import { type KnownServer, openServers, type Servers } from './servers/keep.ts';
import { openPassage } from './servers/passage.ts';
import { systemVault } from './servers/vault.ts';
import { linkMaker } from './share-link.ts';
import { openSync, type Sync } from './sync/keep.ts';

/** Places outside this computer that the person has connected, each with its secrets in the system's vault. */
export interface Places {
  readonly servers: Servers;
  readonly sync: Sync;
  readonly links: ReturnType<typeof linkMaker>;
  readonly passage: ReturnType<typeof openPassage>;
}

/** Opens them; what is kept of them lies in the ledger, and is read by way of the engine. */
export function openPlaces(
  electron: Pick<Electron, 'dialog' | 'safeStorage'>,
  options: {
    readonly fetch: (request: Request) => Promise<Response>;
    readonly onReady: (then: () => void) => void;
    readonly clock: Clock;
    readonly log: Log;
  },
): Places {
  const { fetch, onReady, clock, log } = options;
  const vault = systemVault(electron, process.platform);
  const servers = openServers({
    fetch,
    vault,
    api: remoteApi,
    agrees: asker(electron, {
      message: 'Connect this server?',
      detail: 'Reports that you send there are seen by whoever may sign in there.',
    }),
  });
  const sync = openSync({
    fetch,
    onReady,
    vault,
    agrees: asker(electron, {
      message: 'Connect this object store?',
      detail: 'Reports that you upload there are kept there until somebody removes them.',
    }),
    store: (settings) => new S3Store(settings, clock),
    clock,
    log,
  });
  return {
    servers,
    sync,
    links: linkMaker(servers, sync),
    passage: openPassage({ remoteOf: servers.known, api: remoteApi }),
  };
}

/** The window's calls about them; `seen` is told of the servers that are known whenever they change, and passes them on. */
export function placeCalls(
  { servers, sync, links }: Places,
  seen: (known: KnownServer[]) => KnownServer[],
): Pick<
  CallHandlers,
  | 'servers.read'
  | 'servers.add'
  | 'servers.remove'
  | 'servers.send'
  | 'sync.read'
  | 'sync.connect'
  | 'sync.plan'
  | 'sync.send'
  | 'share.link'
> {
  return {
    'servers.read': () => servers.list(),
    'servers.add': async (given) => seen(await servers.add(given)),
    'servers.remove': async ({ name }) => seen(await servers.remove(name)),
    'servers.send': async ({ jobId, name }) => ({ address: await servers.send(jobId, name) }),
    'sync.read': async () => sync.now,
    'sync.connect': ({ target }) => sync.connect(target),
    'sync.plan': ({ jobId }) => sync.plan(jobId),
    'sync.send': ({ jobId, include }) => sync.send(jobId, include),
    'share.link': ({ jobId, by, days }) => links.make(jobId, by, days),
  };
}
