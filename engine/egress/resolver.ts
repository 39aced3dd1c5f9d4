import type { EgressPorts } from './ports.ts';
import { withDeadline } from './deadline.ts';
import type { EgressCaps } from './policy.ts';

/** Most addresses of one name that are looked at; a name with more is refused. */
const MOST_ANSWERS = 64;
/** Milliseconds for which a failed name is not asked again. */
const FAILED_MS = 3_000;

/**
 * A resolver with a bounded cache for one job. What comes back is remembered, also when there is nothing; whoever asks
 * must judge the addresses every time. Rejects when the name does not resolve in time.
 */
export function createResolver(
  ports: Pick<EgressPorts, 'resolve' | 'clock'>,
  caps: Pick<EgressCaps, 'dnsMs' | 'names' | 'nameMs'>,
) {
  const cache = new Map<string, { readonly until: number; readonly answer: Promise<readonly string[]> }>();
  return {
    /** Addresses of a canonical name. */
    resolve(host: string): Promise<readonly string[]> {
      const now = ports.clock.now();
      const known = cache.get(host);
      if (known !== undefined && known.until > now) return known.answer;
      const answer = withDeadline(ports.clock, caps.dnsMs, 'the name did not resolve in time', (signal) =>
        ports.resolve(host, signal),
      ).then((addresses) => {
        if (addresses.length > MOST_ANSWERS) throw new Error('the name has too many addresses');
        return addresses;
      });
      const entry = { until: now + caps.nameMs, answer };
      // A failure may be a passing one: remembered only long enough to stop a page from hammering the DNS.
      answer.catch(() => {
        entry.until = Math.min(entry.until, ports.clock.now() + FAILED_MS);
      });
      cache.delete(host);
      cache.set(host, entry);
      for (const oldest of cache.keys()) {
        if (cache.size <= caps.names) break;
        cache.delete(oldest);
      }
      return answer;
    },
    /** Names remembered now. */
    size: () => cache.size,
  };
}
