/** Why a connection through the proxy did not come to be. */
export interface Refusal {
  /** A code of the error table, or `egress` when the engine gave none. */
  readonly code: string;
  readonly reason: string;
}

/** What the proxy remembers of refused authorities (`host:port`), the latest reason each. */
export interface Refusals {
  note(authority: string, refusal: Refusal): void;
  /** The refusal for a URL's authority, or null when it was let through. */
  of(url: string): Refusal | null;
  /** Forgets an authority that has answered since. */
  clear(authority: string): void;
}

// A hostile page can name any number of hosts; the oldest are forgotten first.
const MOST = 10_000;

/** `host:port` of a URL, ports filled in by scheme; null when it is no address with a host. */
export function authorityOf(url: string): string | null {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return null;
  }
  const port = parsed.port || { 'http:': '80', 'ws:': '80', 'https:': '443', 'wss:': '443' }[parsed.protocol];
  return port && parsed.hostname ? `${parsed.hostname}:${port}` : null;
}

/** An empty memory of refusals, bounded. */
export function createRefusals(): Refusals {
  const known = new Map<string, Refusal>();
  return {
    note: (authority, refusal) => {
      known.delete(authority);
      known.set(authority, refusal);
      if (known.size > MOST) known.delete(known.keys().next().value as string);
    },
    of: (url) => {
      const authority = authorityOf(url);
      return authority === null ? null : (known.get(authority) ?? null);
    },
    clear: (authority) => {
      known.delete(authority);
    },
  };
}

/** Codes with which the guard says no, as against a host that has no address or does not answer. */
export const GUARD_CODES: ReadonlySet<string> = new Set([
  'egress_denied',
  'egress_limit',
  'private_address',
  'bad_url',
]);
