import { type IncomingMessage, ServerResponse } from 'node:http';
import { Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { FILE_HEADER } from './site-files.ts';

/** A request of a client of the proxy: over HTTP/1.1, or over HTTP/2 where the proxy itself ends the client's TLS. */
export type ClientRequest = IncomingMessage | Http2ServerRequest;
/** What such a request is answered with. */
export type ClientResponse = ServerResponse | Http2ServerResponse;

/** The header that marks an answer as the proxy's own refusal and carries its code. */
export const REFUSED_HEADER = 'x-stageflow-refused';

// Hop-by-hop names (RFC 9110, section 7.6.1) end at the proxy.
const HOP = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Names and values in turn, those left out that end at the proxy. */
export function endToEnd(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    const lower = name.toLowerCase();
    if (!HOP.has(lower) && lower !== FILE_HEADER && lower !== REFUSED_HEADER) kept.push(name, raw[i + 1] as string);
  }
  return kept;
}

/** What goes on of a request's fields, the host apart. */
export function requestFields(from: ClientRequest): string[] {
  if (!(from instanceof Http2ServerRequest))
    return endToEnd(from.rawHeaders).filter((_, i, raw) => (raw[i - (i % 2)] as string).toLowerCase() !== 'host');
  // HTTP/2 may send a cookie in pieces, which HTTP/1.1 may not (RFC 9113, section 8.2.3); this object has it whole.
  const fields = Object.entries(from.headers).filter(([name]) => !name.startsWith(':') && name !== 'host');
  return endToEnd(
    fields.flatMap(([name, value]) => [value ?? ''].flat().flatMap((one): [string, string] => [name, one])),
  );
}

/**
 * Writes the head of an answer; duplicate names stay apart over HTTP/1.1. HTTP/2 allows only some names more than once, so there the values of one
 * name are one list, as every recipient may join them (RFC 9110, section 5.3); `set-cookie` alone is no list. Throws for a head that cannot be passed on.
 */
export function writeHead(to: ClientResponse, status: number, message: string | undefined, raw: string[]): void {
  if (to instanceof ServerResponse) {
    to.writeHead(status, message, raw as unknown as Record<string, string>);
    return;
  }
  // Looked at first: an answer that was given such a status keeps it and can never be ended.
  if (status < 200 || status > 599) throw new RangeError(`HTTP/2 has no status ${status}`);
  const grouped: Record<string, string[]> = {};
  for (let i = 0; i + 1 < raw.length; i += 2)
    (grouped[(raw[i] as string).toLowerCase()] ??= []).push(raw[i + 1] as string);
  const joined = Object.entries(grouped).map(([name, values]) => [
    name,
    name === 'set-cookie' ? values : values.join(', '),
  ]);
  to.writeHead(status, Object.fromEntries(joined));
}

/** A request that may be sent again as it stands: it changes nothing, and no body of it has been read. */
export function bodiless({ method, headers }: ClientRequest): boolean {
  const bare = headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
  return bare && (method === 'GET' || method === 'HEAD');
}
