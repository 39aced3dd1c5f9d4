import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.xml': 'application/xml',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** A site served on loopback for URL jobs. */
export interface SiteServer {
  readonly origin: string;
  readonly host: string;
  /** Paths asked for, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/**
 * Serves files as a plain web server does. `slow/<n>s…` is held back for n seconds. `prepare` may answer first. Port 0 lets the system
 * choose; rejects when the port cannot be had.
 */
export async function serveSite(
  files: ReadonlyMap<string, Buffer>,
  prepare: (request: {
    readonly url: string;
    readonly headers: NodeJS.Dict<string | string[]>;
  }) => { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string } | null = () =>
    null,
  port = 0,
): Promise<SiteServer> {
  const asked: string[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const server: Server = createServer((request, response) => {
    const url = request.url ?? '/';
    asked.push(url);
    const own = prepare({ url, headers: request.headers });
    if (own) {
      response.writeHead(own.status, own.headers).end(own.body);
      return;
    }
    const path = decodeURIComponent(new URL(url, 'http://x').pathname).slice(1);
    const slow = /^slow\/(\d+)s/.exec(path);
    const answer = () => {
      const name = [path, `${path}index.html`, `${path}.html`, `${path}/index.html`].find((candidate) =>
        files.has(candidate),
      );
      const body = name === undefined ? undefined : files.get(name);
      if (name === undefined || body === undefined)
        response
          .writeHead(404, { 'content-type': 'text/html; charset=utf-8' })
          .end('<!doctype html><html lang="en"><title>Not found</title><h1>Not found</h1></html>');
      else
        response
          .writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' })
          .end(request.method === 'HEAD' ? undefined : body);
    };
    if (!slow) {
      answer();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      answer();
    }, Number(slow[1]) * 1000);
    timers.add(timer);
    response.on('close', () => clearTimeout(timer));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${host}`,
    host,
    asked,
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
