import { readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.xml': 'application/xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain',
};

export type Route = (request: IncomingMessage, response: ServerResponse) => void;

/** A site on loopback: routes first, then files of a folder, with the extractor's file header. */
export async function serveSite(site: {
  readonly folder?: string;
  readonly routes?: Readonly<Record<string, Route | string>>;
}): Promise<{ port: number; origin: string; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname);
    const route = site.routes?.[path];
    if (typeof route === 'function') return route(request, response);
    if (typeof route === 'string') {
      response.setHeader('x-stageflow-file', encodeURIComponent(path === '/' ? 'index.html' : path.slice(1)));
      response.setHeader('content-type', TYPES[extname(path)] ?? 'text/html; charset=utf-8');
      return response.end(route);
    }
    file(site.folder, path).then(
      ({ name, bytes }) => {
        response.writeHead(200, {
          'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
          'x-stageflow-file': encodeURIComponent(name),
        });
        response.end(bytes);
      },
      () => {
        response.writeHead(404, { 'content-type': 'text/html' });
        response.end('<!doctype html><title>Not found</title><h1>Not found</h1>');
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function file(folder: string | undefined, path: string): Promise<{ name: string; bytes: Buffer }> {
  if (folder === undefined) throw new Error('no folder');
  let name = normalize(path).replace(/^\/+/, '');
  if (name === '' || name.endsWith('/') || (await stat(join(folder, name))).isDirectory())
    name = join(name, 'index.html');
  return { name, bytes: await readFile(join(folder, name)) };
}
