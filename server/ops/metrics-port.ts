import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Gives the metrics on loopback without a token, for a scraper of this machine. Port 0 takes any that is free. */
export async function listenForMetrics(
  wanted: number,
  page: () => Promise<string>,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const hosts = new Set<string>();
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics' || !hosts.has(request.headers.host ?? '')) {
      response.writeHead(404).end();
      return;
    }
    page().then(
      (text) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // A name of somebody else that leads here is a page's try to read along.
  hosts.add(`127.0.0.1:${port}`).add(`localhost:${port}`);
  return {
    port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
