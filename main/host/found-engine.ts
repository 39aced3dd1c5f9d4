import { Readable } from 'node:stream';
import { dialLocal } from '../../server/local/dial.ts';
import type { HostedApp } from './hosted-app.ts';

/** Statuses whose answers have no body, which `Response` insists on. */
const BODILESS = new Set([204, 205, 304]);

/**
 * The app of an engine that another program of this person runs (a scan on the command line, a server), through the socket of its data folder.
 * Requests reject as Node does when that engine has ended.
 */
export function openFoundEngine(socket: string): HostedApp {
  return {
    borrowed: true,
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url);
      const answer = await dialLocal(socket, {
        method: request.method,
        path: pathname + search,
        headers: Object.fromEntries(request.headers),
        signal: request.signal,
        ...(request.body === null ? {} : { body: request.body }),
      });
      const headers = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
        [value ?? []].flat().map((one) => [name, one]),
      );
      const body = BODILESS.has(answer.status) ? null : (Readable.toWeb(Readable.from(answer.body)) as ReadableStream);
      return new Response(body, { status: answer.status, headers });
    },
    close: async () => {},
  };
}
