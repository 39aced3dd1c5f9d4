import type { Services } from '../services.ts';
import { openHub, type StreamHub } from './hub.ts';
import { createSnapshots, type Snapshots } from './snapshot.ts';

/** The live part of a server: its streams, and what they start from. */
export interface Live {
  readonly hub: StreamHub;
  readonly snapshots: Snapshots;
}

const live = new WeakMap<Services['engine'], Live>();

/** The one live part that all routes over an engine share. Its streams end when the server is about to stop. */
export function liveOf(services: Pick<Services, 'engine' | 'clock' | 'log' | 'config' | 'closing'>): Live {
  const { engine, clock, log, config, closing } = services;
  const known = live.get(engine);
  if (known) return known;
  const made: Live = {
    hub: openHub({ engine, clock, log, streamsPerToken: config.streamsPerToken }),
    snapshots: createSnapshots(engine),
  };
  closing?.addEventListener('abort', () => made.hub.close(), { once: true });
  live.set(engine, made);
  return made;
}
