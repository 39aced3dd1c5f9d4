import { once } from 'node:events';
import { createServer } from 'node:http';

/** Gives the metrics on loopback without a token, for a scraper of this machine. Returns how to end it. */
export async function listenForMetrics(port: number, page: () => Promise<string>): Promise<() => Promise<void>> {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
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
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
}
