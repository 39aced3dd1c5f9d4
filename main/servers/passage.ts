import { Readable } from 'node:stream';
import { StageflowError } from '@stageflow/engine/kernel';
import type { Api } from '../../server/cli/desk/api.ts';
import type { Remote } from '../../server/cli/remotes.ts';

/** Base of the screens of a server in this window: `/on/<name>/` before the address that the same screen has here. */
const PLACE = /^\/on\/([a-z0-9][a-z0-9-]{0,31})(\/.*)?$/;

/** The server and the address on it that a path of the window means; null for this computer's own. Pure. */
export function placeOf(pathname: string): { readonly server: string; readonly path: string } | null {
  const [, server, path = '/'] = PLACE.exec(pathname) ?? [];
  return server === undefined ? null : { server, path };
}

const JOB = '/api/v1/jobs/[0-9a-z]{26}';
/** What the window may ask of a server with its owner's token: to scan, watch, read and share. Nothing about tokens, webhooks or the server itself, and nothing that removes but a link, whose end only narrows what others see. */
const MAY: readonly (readonly [string, RegExp])[] = [
  ['GET', /^\/readyz$/],
  ['GET', /^\/api\/v1\/(?:session|scanners|jobs|stream|compare|ignores|doctor)$/],
  ['GET', new RegExp(`^${JOB}(?:/(?:events|report|artifacts|stream|shares|findings)(?:/.*)?)?$`)],
  ['POST', /^\/api\/v1\/jobs\/(?:url|zip)$/],
  ['POST', new RegExp(`^${JOB}/(?:cancel|retry|pause|resume|shares)$`)],
  ['DELETE', /^\/api\/v1\/shares\/[\w-]+$/],
  ['POST', new RegExp(`^${JOB}/cells/[^/]+/[^/]+/retry$`)],
];

/** Whether a request may pass. Pure. */
export const mayPass = (method: string, path: string): boolean =>
  MAY.some(([allowed, pattern]) => allowed === method && pattern.test(path));

/** Headers of a request that a server needs, and of an answer that a page needs. No cookie and no token goes either way. */
const SENT = [
  'accept',
  'content-type',
  'content-length',
  'idempotency-key',
  'last-event-id',
  'range',
  'x-stageflow-options',
];
const GIVEN = [
  'content-type',
  'content-length',
  'content-range',
  'content-disposition',
  'cache-control',
  'link',
  'retry-after',
];
const BODILESS = new Set([204, 205, 304]);

/** A server's documents are never documents of this window: whatever it sends, no script of it runs beside the app's calls. */
const WALLED = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'";

/** Passes requests of the window on to servers, with the token that only main can read. Refused: `not_found` for what may not pass, `remote_unknown`, `remote_unreachable`. */
export function openPassage(options: {
  readonly remoteOf: (name: string) => Promise<Remote>;
  readonly api: (remote: Remote) => Api;
}): (request: Request, server: string, path: string) => Promise<Response> {
  const { remoteOf, api } = options;
  return async (request, server, path) => {
    if (!mayPass(request.method, path)) throw new StageflowError('not_found');
    const remote = await remoteOf(server);
    const headers = Object.fromEntries(
      SENT.flatMap((name) => {
        const value = request.headers.get(name);
        return value === null ? [] : [[name, value]];
      }),
    );
    const stream = request.body === null ? {} : { stream: request.body };
    const { search } = new URL(request.url);
    const answer = await api(remote)(request.method, path + search, undefined, { headers, ...stream });
    const given = new Headers({ 'content-security-policy': WALLED });
    for (const name of GIVEN) {
      const value = answer.headers[name];
      if (typeof value === 'string') given.set(name, value);
    }
    const body = BODILESS.has(answer.status) ? null : (Readable.toWeb(Readable.from(answer.body)) as ReadableStream);
    return new Response(body, { status: answer.status, headers: given });
  };
}
