import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress } from '../../../engine/egress/index.ts';
import { startProxy } from '../../../scanners/runtime/proxy/index.ts';
import { openPair } from '../pod/pair.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A site on loopback, and the way of a pod to it: the runner's proxy, the channel and the guard. */
async function siteBehindGuard(answer: (server: Server) => void) {
  const server = createServer({ keepAliveTimeout: 0 });
  const connections: Socket[] = [];
  server.on('connection', (socket) => connections.push(socket));
  answer(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => (server.closeAllConnections(), server.close()));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const egress = createEgress({ kind: 'web', allowHosts: [host], allowAssets: [] });
  open.push(() => egress.close());
  const { container, engine } = openPair({ dial: (authority) => egress.dial(authority) });
  open.push(() => engine.destroy());
  const proxy = await startProxy({ tunnel: (authority) => container.tunnel(authority), site: null });
  open.push(() => proxy.close());
  const ask = (method: string) =>
    new Promise<number>((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: proxy.port, method, path: `http://${host}/` }, (answered) => {
        answered.resume().on('end', () => resolve(answered.statusCode ?? 0));
      });
      asked.on('error', reject).end(method === 'POST' ? 'order=1' : undefined);
    });
  return { ask, connections };
}

describe('a connection that is kept for the next request', () => {
  it('is let go when the site ends it, so that the next page is asked for by a new one', async () => {
    const { ask, connections } = await siteBehindGuard((server) => server.on('request', (_, to) => to.end('ok')));
    expect(await ask('GET')).toBe(200);
    const [kept] = connections as [Socket];
    kept.end();
    await once(kept, 'end');
    expect(await ask('GET')).toBe(200);
    expect(connections).toHaveLength(2);
  });

  it('and breaks at the moment of the next request costs that request nothing, and one that changes something is not sent twice', async () => {
    const asked: string[] = [];
    const served = new WeakSet<Socket>();
    const { ask } = await siteBehindGuard((server) =>
      server.on('request', (from, to) => {
        asked.push(from.method ?? '');
        if (served.has(from.socket)) from.socket.destroy();
        else to.end('ok');
        served.add(from.socket);
      }),
    );
    expect(await ask('GET')).toBe(200);
    expect(await ask('GET')).toBe(200);
    expect(await ask('POST')).toBe(502);
    expect(asked).toEqual(['GET', 'GET', 'GET', 'POST']);
  });
});
