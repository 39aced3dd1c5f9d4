import {
  ADDRESS_KIND_WORDS,
  authorityOf,
  classifyAddress,
  classifyName,
  NEVER_SCANNED,
  parseAuthority,
} from '../kernel/index.ts';
import type { AddressKind, Authority } from '../kernel/index.ts';
import type { CompiledPolicy } from './policy.ts';

/** A refusal as data. */
export interface Refusal {
  readonly ok: false;
  /** HTTP status for the tunnel: 400 malformed, 403 not allowed, 429 over a limit, 502 unreachable, 504 too slow. */
  readonly status: number;
  /** A code of the error table. */
  readonly code: 'egress_denied' | 'egress_limit' | 'host_unresolvable' | 'host_unreachable';
  /** One clause for a person. */
  readonly reason: string;
  /** The address that is not dialled, and what it is, when that was the reason. */
  readonly address?: { readonly address: string; readonly kind: AddressKind; readonly words: string };
}

/** A target that the rules on texts let through. */
export interface Target {
  readonly ok: true;
  readonly authority: Authority;
  /** `public`: addresses must be public. `named`: the person named this very host and port. */
  readonly trust: 'public' | 'named';
  /** Addresses that need no resolver: a literal, or loopback for names under .localhost. Empty means: resolve. */
  readonly addresses: readonly string[];
  /** True when only GET and HEAD without a body are allowed: all that ever leaves a ZIP job. */
  readonly readOnly: boolean;
}

/** Builds a refusal. */
export const refuse = (status: number, reason: string, code: Refusal['code'] = 'egress_denied'): Refusal => ({
  ok: false,
  status,
  code,
  reason,
});

const refuseAddress = (address: string, kind: AddressKind, words: string = ADDRESS_KIND_WORDS[kind]): Refusal => ({
  ...refuse(403, `${address} is ${words}`),
  address: { address, kind, words },
});

/** Judges the raw target of a `CONNECT` by its text alone. Pure; no name is resolved here. */
export function judgeTarget(raw: string, policy: CompiledPolicy): Target | Refusal {
  const parsed = parseAuthority(raw);
  if (!parsed.ok) return refuse(400, parsed.error);
  const authority = parsed.value;
  const { host, port, literal, text } = authority;
  if (policy.services.has(text)) return refuse(403, 'it is a service of Stageflow itself');
  const name = literal ? 'name' : classifyName(host);
  const readOnly = policy.kind === 'assets';
  if (policy.allowHosts.has(text)) {
    if (name === 'metadata') return refuse(403, `it leads to ${ADDRESS_KIND_WORDS.metadata}`);
    // RFC 6761: names under localhost are loopback without asking any DNS, which could say otherwise.
    const loopback = name === 'loopback' ? ['127.0.0.1', '::1'] : [];
    return { ok: true, authority, trust: 'named', addresses: literal ? [host] : loopback, readOnly };
  }
  if (name !== 'name') return refuse(403, `the name leads to ${ADDRESS_KIND_WORDS[name]}`);
  if (policy.kind === 'assets' && !policy.allowAssets.has(host)) {
    return refuse(403, 'this job has no way to the web; its owner can open hosts with --allow-assets');
  }
  if (!policy.ports.has(port)) return refuse(403, `port ${port} is not open; only ${[...policy.ports].join(', ')} are`);
  return { ok: true, authority, trust: 'public', addresses: literal ? [host] : [], readOnly };
}

/**
 * Judges every address of a target: one bad answer refuses all, since the next connection could get that one. Leaves canonical
 * addresses to dial. `own` are the addresses of this host's interfaces.
 */
export function judgeAddresses(
  target: Target,
  answers: readonly string[],
  policy: CompiledPolicy,
  own: ReadonlySet<string>,
): { readonly ok: true; readonly addresses: readonly string[] } | Refusal {
  if (answers.length === 0) return refuse(502, 'the name has no address', 'host_unresolvable');
  const addresses: string[] = [];
  for (const answer of answers) {
    const found = classifyAddress(answer);
    if (found === null) return refuse(502, 'the resolver gave something that is not an address', 'host_unresolvable');
    const { address, kind } = found;
    if (policy.services.has(authorityOf(address, target.authority.port).text)) {
      return refuse(403, `${address} is a service of Stageflow itself`);
    }
    if (target.trust === 'named') {
      if (NEVER_SCANNED.has(kind)) return refuseAddress(address, kind);
    } else {
      if (kind !== 'public') return refuseAddress(address, kind);
      if (own.has(address)) return refuseAddress(address, 'public', 'an address of this host');
    }
    if (!addresses.includes(address)) addresses.push(address);
  }
  return { ok: true, addresses };
}
