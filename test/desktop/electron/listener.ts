import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Serves a custom scheme's handler to a browser that knows no such scheme: on a port of the test's own, streaming both ways. */
export interface SchemeListener {
  /** Without a slash behind it. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Listens for the requests of one window; `base` is the origin that the handler is to see, `onPage` is told before a page is sent. */
export async function listenForScheme(
  base: string,
  handler: () => (request: Request) => Promise<Response> | Response,
  onPage: () => void,
): Promise<SchemeListener> {
  const server = createServer((incoming, outgoing) => {
    const leaving = new AbortController();
    // Electron ends the stream of an answer that nobody reads any more; it does not abort the request of one that is to come.
    void (async () => {
      const response = await handler()(requestOf(incoming, base, leaving.signal));
      if (incoming.headers['sec-fetch-dest'] === 'document') onPage();
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      if (response.body === null) outgoing.end();
      else await pipeline(Readable.fromWeb(response.body as never), outgoing);
    })().catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function requestOf(incoming: IncomingMessage, base: string, signal: AbortSignal): Request {
  const { method = 'GET', url = '/' } = incoming;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    // What belongs to the connection of this test is no part of a request to a custom scheme.
    if (['host', 'connection', 'content-length', 'transfer-encoding'].includes(name)) continue;
    for (const one of [value ?? []].flat()) headers.append(name, one.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, base));
  }
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(base + url, {
    method,
    headers,
    signal,
    ...(hasBody ? { body: Readable.toWeb(incoming) as ReadableStream, duplex: 'half' as const } : {}),
  });
}
