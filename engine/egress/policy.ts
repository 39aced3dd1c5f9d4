import { StageflowError, parseAuthority, parseHost } from '../kernel/index.ts';

/** Bounds of one job's traffic; every number is a cap. */
export interface EgressCaps {
  /** Bytes over the wire, both directions together. */
  readonly wireBytes: number;
  /** Tunnels open at the same time. */
  readonly tunnels: number;
  /** Connections over the whole job. */
  readonly connections: number;
  /** Milliseconds without a byte before a tunnel is closed. */
  readonly idleMs: number;
  /** Milliseconds until the name must be resolved. */
  readonly dnsMs: number;
  /** Milliseconds until a connection must stand. */
  readonly connectMs: number;
  /** Rows kept of the connection log; the rest is only counted. */
  readonly records: number;
  /** Names kept in the resolver's cache. */
  readonly names: number;
  /** Milliseconds a resolved name is remembered. Its addresses are judged again on every connection. */
  readonly nameMs: number;
}

/** The product's bounds. */
export const EGRESS_CAPS: EgressCaps = {
  wireBytes: 500 * 2 ** 20,
  tunnels: 64,
  connections: 20_000,
  idleMs: 60_000,
  dnsMs: 5_000,
  connectMs: 10_000,
  records: 2_000,
  names: 1_000,
  nameMs: 30_000,
};

/** Where one job may connect to. */
export interface EgressPolicy {
  /** `web`: any public host. `assets`: nothing but `allowAssets` and `allowHosts`, and these are only read from (ZIP jobs). */
  readonly kind: 'web' | 'assets';
  /** Exact `host:port` of private addresses that the person named as their own. */
  readonly allowHosts: readonly string[];
  /** Exact host names from which a ZIP job's pages may load assets. */
  readonly allowAssets: readonly string[];
  /** Also allow ports 8080 and 8443. */
  readonly extraPorts?: boolean;
  /** `host:port` of our own services (store, queue), refused whatever else is allowed. */
  readonly services?: readonly string[];
  /** Further addresses of this host that its interfaces do not show (a public address behind NAT). */
  readonly ownAddresses?: readonly string[];
  /** Certificate authorities, as PEM, that are trusted beside the usual ones where the guard itself speaks TLS. */
  readonly trust?: readonly string[];
  readonly caps?: Partial<EgressCaps>;
}

/** A policy with its texts read once. */
export interface CompiledPolicy {
  readonly kind: 'web' | 'assets';
  readonly ports: ReadonlySet<number>;
  /** Canonical `host:port`. */
  readonly allowHosts: ReadonlySet<string>;
  /** Canonical hosts. */
  readonly allowAssets: ReadonlySet<string>;
  /** Canonical `host:port`. */
  readonly services: ReadonlySet<string>;
  readonly ownAddresses: readonly string[];
  readonly trust: readonly string[];
  readonly caps: EgressCaps;
}

function authorities(option: string, values: readonly string[]): Set<string> {
  return new Set(
    values.map((value) => {
      const parsed = parseAuthority(value);
      if (parsed.ok) return parsed.value.text;
      throw new StageflowError('bad_option', { option, value, reason: `${parsed.error}; give host:port` });
    }),
  );
}

function hosts(option: string, values: readonly string[]): Set<string> {
  return new Set(
    values.map((value) => {
      const parsed = parseHost(value);
      if (parsed.ok) return parsed.value;
      throw new StageflowError('bad_option', { option, value, reason: 'give exact host names, like cdn.example.com' });
    }),
  );
}

/** Reads a policy; texts that are no hosts are refused as `bad_option`. */
export function compilePolicy(policy: EgressPolicy): CompiledPolicy {
  return {
    kind: policy.kind,
    ports: new Set(policy.extraPorts === true ? [80, 443, 8080, 8443] : [80, 443]),
    allowHosts: authorities('--allow-host', policy.allowHosts),
    allowAssets: hosts('--allow-assets', policy.allowAssets),
    services: authorities('services', policy.services ?? []),
    ownAddresses: policy.ownAddresses ?? [],
    trust: policy.trust ?? [],
    caps: { ...EGRESS_CAPS, ...policy.caps },
  };
}
