import type { Engine } from '@stageflow/engine';
import type { ShareSigner, UploadSigner } from '@stageflow/engine/artifact';
import type { Clock, Log } from '@stageflow/engine/kernel';
import type { Manifest } from '@stageflow/engine/scanner';
import type { ServerConfig } from './config.ts';
import type { Answered } from './ops/access-log.ts';
import type { Health } from './ops/health.ts';

/** What every route works with; made once by whoever starts the app (the `server` command, a test, the desktop). */
export interface Services {
  readonly engine: Engine;
  readonly manifests: ReadonlyMap<string, Manifest>;
  readonly config: ServerConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** Words of the canaries (disk, queue, store, ledger) why no new work is taken just now; null when all is well. */
  readonly pressure: () => Pressure | null;
  /** Aborts when the server is about to stop: streams end, and nothing new is begun. Missing where nothing stops but the process. */
  readonly closing?: AbortSignal;
  /** How each part is, as the canaries saw it last; missing where nobody looks. */
  readonly health?: () => Health;
  /** The metrics page; missing where nobody counts. */
  readonly metrics?: () => Promise<string>;
  /** Told of every answered request. */
  readonly onAnswered?: (answered: Answered) => void;
  /** Told of every browser that signed in, by the id of its token. */
  readonly onSignedIn?: (tokenId: string) => void;
  /** Told that there is something new to send to webhooks. */
  readonly onDeliveriesAdded?: () => void;
  /** Signs uploads that go to the object store past this server; missing where the store cannot (files). */
  readonly uploadSigner?: UploadSigner | null;
  /** Origin of the store when it lets pages of this server send such uploads from a browser, else null. */
  readonly uploadOrigin?: () => string | null;
  /** Makes short-lived addresses of the object store; null or missing when the store is a folder, and shares stream from here. */
  readonly shareSigner?: ShareSigner | null;
}

/** Why new work is refused for the moment. */
export interface Pressure {
  readonly reason: string;
  /** When to ask again. */
  readonly retryAfterSeconds: number;
}
