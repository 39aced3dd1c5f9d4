import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEgress, guardedFetch } from '../../../engine/egress/index.ts';
import { listening } from './world.ts';

/** With the machine's own network and resolver, on loopback alone. */
describe("a person's own server", () => {
  let server: Server;
  let port = 0;
  let connections = 0;
  beforeAll(async () => {
    server = await listening(createServer((_request, response) => response.end('mine')));
    server.on('connection', () => connections++);
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each(['127.0.0.1', 'localhost', 'shop.localhost'])('is reached as %s when it was named', async (host) => {
    const egress = createEgress({ kind: 'web', allowHosts: [`${host}:${port}`], allowAssets: [] });
    const answer = await guardedFetch(egress, `http://${host}:${port}/`);
    expect(Buffer.from(answer.body).toString()).toBe('mine');
    expect(egress.records().connections).toMatchObject([{ host, port, address: '127.0.0.1', protocol: 'http' }]);
  });

  it('E5 is not reached otherwise: not a byte, not a connection', async () => {
    const before = connections;
    const egress = createEgress({
      kind: 'web',
      allowHosts: [`localhost:${port + 1}`],
      allowAssets: [],
      extraPorts: true,
    });
    for (const host of [
      '127.0.0.1',
      'localhost',
      'shop.localhost',
      '127.1',
      '0x7f000001',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
    ]) {
      await expect(guardedFetch(egress, `http://${host}:${port}/`)).rejects.toMatchObject({ code: 'egress_denied' });
    }
    expect(connections).toBe(before);
  });
});
