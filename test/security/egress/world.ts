import { connect } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import type { EgressPorts } from '../../../engine/egress/index.ts';
import { systemClock } from '../../../engine/kernel/index.ts';

/** A small internet for tests: names with addresses, and public addresses that are really servers on loopback. */
export interface World {
  readonly ports: EgressPorts;
  /** Every `address:port` that was dialled, in order. */
  readonly dialled: string[];
  /** Every name that was asked for, in order. */
  readonly asked: string[];
}

/** What a world is made of. */
export interface WorldPlan {
  /** Name to addresses; a function is asked each time, so answers may change. */
  readonly names?: Readonly<Record<string, readonly string[] | (() => readonly string[])>>;
  /** `address:port` to a listening server. Anything else refuses the connection. */
  readonly servers?: Readonly<Record<string, Server>>;
  /** Addresses of this host. */
  readonly interfaces?: readonly string[];
  /** What the kernel would report as the other end, when it lies. */
  readonly reports?: (address: string) => string;
  readonly clock?: EgressPorts['clock'];
}

/** Builds a world; the guard under test gets its ports and nothing else. */
export function worldOf(plan: WorldPlan): World {
  const dialled: string[] = [];
  const asked: string[] = [];
  return {
    dialled,
    asked,
    ports: {
      clock: plan.clock ?? systemClock,
      interfaces: () => plan.interfaces ?? [],
      async resolve(host) {
        asked.push(host);
        const answer = Object.hasOwn(plan.names ?? {}, host) ? plan.names?.[host] : undefined;
        if (answer === undefined) throw new Error('ENOTFOUND');
        return typeof answer === 'function' ? answer() : answer;
      },
      connect(address, port) {
        const text = `${address.includes(':') ? `[${address}]` : address}:${port}`;
        dialled.push(text);
        const server = plan.servers?.[text];
        if (server === undefined) return Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
        return new Promise((done, fail) => {
          const socket = connect({
            host: '127.0.0.1',
            port: (server.address() as AddressInfo).port,
            allowHalfOpen: true,
          });
          socket.once('error', fail);
          socket.once('connect', () => done({ socket, remoteAddress: plan.reports?.(address) ?? address }));
        });
      },
    },
  };
}

/** Starts a server on loopback. */
export async function listening<T extends Server>(server: T): Promise<T> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

/** Lets everything that is ready happen, a number of times. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((done) => setImmediate(done));
}
