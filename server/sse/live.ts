import type { Services } from '../services.ts';
import { openHub, type StreamHub } from './hub.ts';
import { createSnapshots, type Snapshots } from './snapshot.ts';

/** The live part of a server: its streams, and what they start from. */
export interface Live {
  readonly hub: StreamHub;
  readonly snapshots: Snapshots;
}

const live = new WeakMap<Services, Live>();

/** The one live part that all routes of these services share. Whoever stops the server ends its streams with `hub.close()`. */
export function liveOf(services: Services): Live {
  const known = live.get(services);
  if (known) return known;
  const { engine, clock, log, config } = services;
  const made: Live = {
    hub: openHub({ engine, clock, log, streamsPerToken: config.streamsPerToken }),
    snapshots: createSnapshots(engine),
  };
  live.set(services, made);
  return made;
}
