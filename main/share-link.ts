import type { Servers } from './servers/keep.ts';
import type { Sync } from './sync/keep.ts';

/** A link for anybody, and when it ends. */
export interface MadeLink {
  readonly url: string;
  readonly expiresAt: string;
}

/** Makes a link by a server that is named, else into the object store. What is not there yet is sent first. Refused (`no_link_place`) where there is neither. */
export function linkMaker(
  servers: Pick<Servers, 'list' | 'share'>,
  sync: Pick<Sync, 'now' | 'link'>,
): {
  readonly make: (jobId: string, by: string | null, days: number) => Promise<MadeLink>;
  /** As a person wants it who has no time to choose: by the first server, whose links show less and can be taken back, else by the store. */
  readonly makeAnyhow: (jobId: string) => Promise<MadeLink>;
} {
  const make = (jobId: string, by: string | null, days: number) =>
    by === null ? sync.link(jobId, days) : servers.share(jobId, by, days);
  return {
    make,
    makeAnyhow: async (jobId) => make(jobId, (await servers.list())[0]?.name ?? null, DAYS),
  };
}

const DAYS = 7;
