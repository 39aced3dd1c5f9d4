import type { Duplex } from 'node:stream';
import { StageflowError, classifyAddress, formatAddress, parseAddress } from '../kernel/index.ts';
import { DeadlineError, withDeadline } from './deadline.ts';
import { judgeFlight } from './flight.ts';
import { judgeAddresses, judgeTarget, refuse } from './guard.ts';
import type { Refusal, Target } from './guard.ts';
import { compilePolicy } from './policy.ts';
import type { EgressPolicy } from './policy.ts';
import { systemPorts } from './ports.ts';
import type { Connection, EgressPorts } from './ports.ts';
import { createRecordBook, escaped } from './record.ts';
import type { EgressLog, OpenRecord } from './record.ts';
import { createResolver } from './resolver.ts';
import { spokenTls } from './spoken-tls.ts';
import { Tunnel } from './tunnel.ts';

/** How a dial ends: a socket that enforces the policy until it closes, or a refusal. Same shape as the pod's port. */
export type DialAnswer = { readonly ok: true; readonly socket: Duplex } | Refusal;

/** One job's only way out. */
export interface Egress {
  /**
   * Judges, resolves, dials and records one connection. `authority` is the raw target of a `CONNECT`. With `tls` the guard itself speaks
   * TLS to the host, so that it can look at each request; only for hosts that are only read from. Never rejects.
   */
  dial(authority: string, tls?: boolean): Promise<DialAnswer>;
  /** The traffic so far, for the provenance. */
  records(): EgressLog;
  /** Cuts every tunnel; later dials are refused. Safe to call twice. */
  close(): void;
}

/** The same address in one spelling, so that ours and the kernel's can be compared; a mapped IPv4 counts as IPv4. */
function spelled(address: string | undefined): string | null {
  const bytes = address === undefined ? null : parseAddress(address.replace(/^::ffff:(?=[0-9.]+$)/i, ''));
  return bytes === null ? null : formatAddress(bytes);
}

/** The guard of one job. Texts in the policy that are no hosts are refused as `bad_option`. */
export function createEgress(policy: EgressPolicy, ports: EgressPorts = systemPorts): Egress {
  const rules = compilePolicy(policy);
  const { caps } = rules;
  const { clock } = ports;
  const book = createRecordBook(caps.records);
  const resolver = createResolver(ports, caps);
  const tunnels = new Set<Tunnel>();
  let pending = 0;
  let closed = false;

  const overLimit = (): Refusal | null => {
    const limit = (what: string) =>
      refuse(429, new StageflowError('egress_limit', { limit: what }).message, 'egress_limit');
    if (closed) return refuse(403, 'the job has ended');
    if (book.bytes() >= caps.wireBytes) return limit(`${Math.round(caps.wireBytes / 2 ** 20)} MiB`);
    if (book.connections() > caps.connections) return limit(`${caps.connections} connections`);
    if (tunnels.size + pending > caps.tunnels) return limit(`${caps.tunnels} open tunnels`);
    return null;
  };

  const ownAddresses = () =>
    new Set(
      [...ports.interfaces(), ...rules.ownAddresses].map((address) => classifyAddress(address)?.address ?? address),
    );

  const addressesOf = async (target: Target): Promise<readonly string[] | Refusal> => {
    if (target.addresses.length > 0) return target.addresses;
    try {
      return await resolver.resolve(target.authority.host);
    } catch (error) {
      if (error instanceof DeadlineError) return refuse(504, error.message, 'host_unresolvable');
      return refuse(502, 'the name has no address', 'host_unresolvable');
    }
  };

  /** Tries the addresses in order within one time limit, so that a dead IPv6 route does not hide a living IPv4. */
  const connect = async (
    addresses: readonly string[],
    port: number,
  ): Promise<(Connection & { address: string }) | Refusal> => {
    let last: Refusal = refuse(502, 'it does not answer', 'host_unreachable');
    const tried = addresses.slice(0, 4);
    for (const address of tried) {
      try {
        const ms = Math.floor(caps.connectMs / tried.length);
        const made = await withDeadline(clock, ms, 'the connection did not stand in time', (signal) =>
          ports.connect(address, port, signal),
        );
        if (spelled(made.remoteAddress) === spelled(address)) return { ...made, address };
        made.socket.destroy();
        return refuse(403, 'the connection ended at another address than the one that was judged');
      } catch (error) {
        const { code, message } = error as { code?: string; message?: string };
        last = refuse(
          error instanceof DeadlineError ? 504 : 502,
          escaped(code ?? message ?? 'it does not answer'),
          'host_unreachable',
        );
      }
    }
    return last;
  };

  const open = (upstream: Duplex, target: Target, record: OpenRecord, tls: boolean): Tunnel => {
    const tunnel: Tunnel = new Tunnel(
      upstream,
      (bytes) => judgeFlight(bytes, target, tls),
      {
        onProtocol: (protocol) => {
          record.protocol = tls ? 'tls' : protocol;
        },
        onBytes: (direction, bytes) =>
          book.count(record, direction, bytes) > caps.wireBytes ? 'the job reached its limit of bytes' : null,
        onEnd: (end) => {
          tunnels.delete(tunnel);
          book.end(record, end.kind, end.kind === 'closed' ? null : end.reason);
        },
      },
      clock,
      caps.idleMs,
    );
    tunnels.add(tunnel);
    // The owner of the other end may have gone; a cut tunnel must not end the process.
    tunnel.on('error', () => {});
    return tunnel;
  };

  const attempt = async (raw: string, tls: boolean, record: OpenRecord): Promise<DialAnswer> => {
    const target = judgeTarget(raw, rules);
    if (!target.ok) return target;
    if (tls && !target.readOnly) return refuse(400, 'TLS to this host is for the client to speak');
    record.host = target.authority.host;
    record.port = target.authority.port;
    const limited = overLimit();
    if (limited !== null) return limited;
    const answers = await addressesOf(target);
    if ('ok' in answers) return answers;
    const judged = judgeAddresses(target, answers, rules, ownAddresses());
    if (!judged.ok) return judged;
    const made = await connect(judged.addresses, target.authority.port);
    if ('ok' in made) return made;
    record.address = made.address;
    let upstream = made.socket;
    if (tls) {
      try {
        upstream = await withDeadline(clock, caps.connectMs, 'TLS did not stand in time', (signal) =>
          spokenTls(made.socket, target.authority, signal, { trust: rules.trust }),
        );
      } catch (error) {
        made.socket.destroy();
        return refuse(502, `TLS failed: ${escaped((error as Error).message)}`, 'host_unreachable');
      }
    }
    if (!closed) return { ok: true, socket: open(upstream, target, record, tls) };
    upstream.destroy();
    return refuse(403, 'the job has ended');
  };

  return {
    async dial(authority, tls = false) {
      const startedAt = clock.now();
      const record = book.open(authority, startedAt);
      pending++;
      try {
        const answer = await attempt(authority, tls, record);
        if (!answer.ok) book.end(record, answer.status >= 500 ? 'failed' : 'denied', answer.reason);
        return answer;
      } catch (error) {
        const answer = refuse(502, 'the connection failed', 'host_unreachable');
        book.end(record, 'failed', error instanceof Error ? error.message : answer.reason);
        return answer;
      } finally {
        pending--;
        record.milliseconds = clock.now() - startedAt;
      }
    },
    records: () => book.snapshot(),
    close() {
      closed = true;
      for (const tunnel of tunnels) tunnel.cut('denied', 'the job has ended');
    },
  };
}
