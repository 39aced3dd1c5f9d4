import { Resolver, lookup } from 'node:dns/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import { systemClock } from '../kernel/index.ts';
import type { Clock } from '../kernel/index.ts';

/** An established connection and the address at its other end, as the kernel reports it. */
export interface Connection {
  readonly socket: Duplex;
  readonly remoteAddress: string | undefined;
}

/** The world as the guard sees it. */
export interface EgressPorts {
  /** Every address of a name; empty or a rejection when there is none. */
  resolve(host: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Connects to an address; rejects when it fails or the signal aborts. */
  connect(address: string, port: number, signal: AbortSignal): Promise<Connection>;
  /** Addresses of this host's interfaces, in any spelling. */
  interfaces(): readonly string[];
  readonly clock: Clock;
}

/** Asks DNS for both families; the system's own resolver (hosts file, mDNS) only when DNS has nothing. */
async function resolve(host: string, signal: AbortSignal): Promise<readonly string[]> {
  // Not getaddrinfo first: it runs on libuv's four threads, and a page with thousands of names would starve the disk.
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    signal.throwIfAborted();
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (found.length > 0) return found;
    return (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function dial(address: string, port: number, signal: AbortSignal): Promise<Connection> {
  return new Promise((done, fail) => {
    const socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
    const abort = () => socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', fail);
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      socket.removeListener('error', fail);
      done({ socket, remoteAddress: socket.remoteAddress });
    });
    if (signal.aborted) abort();
  });
}

/** The machine's own DNS, network and clock. */
export const systemPorts: EgressPorts = {
  resolve,
  connect: dial,
  interfaces: () => Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
  clock: systemClock,
};
