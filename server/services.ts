import type { Engine } from '@stageflow/engine';
import type { Clock, Log } from '@stageflow/engine/kernel';
import type { Manifest } from '@stageflow/engine/scanner';
import type { ServerConfig } from './config.ts';

/** What every route works with; made once by whoever starts the app (the `server` command, a test, the desktop). */
export interface Services {
  readonly engine: Engine;
  readonly manifests: ReadonlyMap<string, Manifest>;
  readonly config: ServerConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** Words of the canaries (disk, queue, store, ledger) why no new work is taken just now; null when all is well. */
  readonly pressure: () => Pressure | null;
}

/** Why new work is refused for the moment. */
export interface Pressure {
  readonly reason: string;
  /** When to ask again. */
  readonly retryAfterSeconds: number;
}
