import { canonicalHost } from '../kernel/index.ts';
import { readClientHello } from './client-hello.ts';
import type { Target } from './guard.ts';

/** What the next bytes of a tunnel mean for it. */
export type FlightVerdict =
  | { readonly state: 'more' }
  | {
      readonly state: 'pass';
      readonly protocol: 'tls' | 'http';
      /** How many of the bytes go on before the next ones are judged; null when all that follows goes on. */
      readonly bytes: number | null;
    }
  | { readonly state: 'deny'; readonly reason: string };

/** Most bytes that are looked at before the verdict must stand. */
export const FLIGHT_BYTES = 64 * 1024;

const deny = (reason: string): FlightVerdict => ({ state: 'deny', reason });
const TLS: FlightVerdict = { state: 'pass', protocol: 'tls', bytes: null };
const METHOD = /^[A-Z]{1,20}$/;

function judgeTls(bytes: Uint8Array, target: Target): FlightVerdict {
  const hello = readClientHello(bytes);
  if (hello.state === 'more')
    return bytes.length >= FLIGHT_BYTES ? deny('the TLS hello is too long') : { state: 'more' };
  if (hello.state === 'bad') return deny(hello.reason);
  const { host, literal } = target.authority;
  if (hello.sni === null) return literal ? TLS : deny('the TLS hello names no server');
  if (canonicalHost(hello.sni.toLowerCase()) === host) return TLS;
  return deny('the TLS hello names another server than the tunnel');
}

/** True when a Host field, or an absolute target's authority, means the tunnel's own host and port. */
function means(field: string, target: Target, scheme: 'http' | 'https'): boolean {
  const { host, port } = target.authority;
  const address = `${scheme}://${field}/`;
  if (!/^[A-Za-z0-9._:[\]-]{1,300}$/.test(field) || !URL.canParse(address)) return false;
  const url = new URL(address);
  const usual = scheme === 'http' ? 80 : 443;
  return canonicalHost(url.hostname) === host && Number(url.port === '' ? usual : url.port) === port;
}

interface Fields {
  readonly hosts: readonly string[];
  readonly lengths: readonly string[];
  readonly chunked: boolean;
  readonly upgrade: boolean;
}

/** The header fields that decide where a request goes and where it ends; null when a line is malformed. */
function readFields(lines: readonly string[]): Fields | null {
  const hosts: string[] = [];
  const lengths: string[] = [];
  let chunked = false;
  let upgrade = false;
  for (const line of lines) {
    const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (field === null) return null;
    const [, name = '', value = ''] = field;
    const key = name.toLowerCase();
    if (key === 'host') hosts.push(value);
    if (key === 'content-length') lengths.push(value);
    if (key === 'transfer-encoding') chunked = true;
    if (key === 'upgrade') upgrade = true;
  }
  return { hosts, lengths, chunked, upgrade };
}

/** Why a request does more than read, or null. */
function beyondReading(verb: string, { lengths, chunked, upgrade }: Fields): string | null {
  if (verb !== 'GET' && verb !== 'HEAD') return `${verb} is not allowed; assets are only read`;
  if (chunked || lengths.some((length) => length !== '0')) return `a ${verb} with a body is not allowed`;
  return upgrade ? 'the protocol may not be changed; assets are only read' : null;
}

function judgeHttp(bytes: Uint8Array, target: Target, scheme: 'http' | 'https'): FlightVerdict {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const method = text.slice(0, 21).split(' ')[0] ?? '';
  if (!METHOD.test(method)) return deny('the first bytes are neither TLS nor an HTTP request');
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return bytes.length >= FLIGHT_BYTES ? deny('the request head is too long') : { state: 'more' };
  const head = text.slice(0, end);
  if (/[\0\r\n]/.test(head.replaceAll('\r\n', ''))) return deny('the request head holds control characters');
  const [line = '', ...lines] = head.split('\r\n');
  const request = /^([A-Z]{1,20}) ([\x21-\x7e]+) HTTP\/1\.[01]$/.exec(line);
  if (request === null) return deny('the first line is not an HTTP/1.1 request');
  const [, verb = '', path = ''] = request;
  if (verb === 'CONNECT' || verb === 'PRI') return deny(`${verb} is not allowed inside a tunnel`);
  const absolute = /^http:\/\/([^/?#]+)/i.exec(path);
  if (absolute !== null && !means(absolute[1] ?? '', target, scheme))
    return deny('the request names another host than the tunnel');
  if (absolute === null && !path.startsWith('/') && path !== '*') return deny('the request target is malformed');
  const fields = readFields(lines);
  if (fields === null) return deny('a header line is malformed');
  const { hosts, lengths, chunked } = fields;
  if (lengths.length > 1 || (lengths.length === 1 && chunked)) return deny('the request gives its length in two ways');
  if (hosts.length !== 1) return deny('the request must bear exactly one Host');
  if (!means(hosts[0] ?? '', target, scheme)) return deny('the request names another Host than the tunnel');
  if (!target.readOnly) return { state: 'pass', protocol: 'http', bytes: null };
  const beyond = beyondReading(verb, fields);
  return beyond === null ? { state: 'pass', protocol: 'http', bytes: end + 4 } : deny(beyond);
}

/**
 * Judges the next bytes that a client sends into a tunnel: on port 443 a TLS hello for the tunnel's host, elsewhere that or one HTTP/1.1
 * request head for it. What follows goes to the same address and is not read again, unless the host is only read from: then every request
 * is judged, none may have a body, and TLS, which nobody could look into, is spoken by the engine itself (`outerTls`). Pure.
 */
export function judgeFlight(bytes: Uint8Array, target: Target, outerTls: boolean): FlightVerdict {
  if (bytes.length === 0) return { state: 'more' };
  if (target.readOnly) {
    if (bytes[0] === 22)
      return deny('TLS to a host opened for assets is spoken by the engine, which looks at each request');
    return judgeHttp(bytes, target, outerTls ? 'https' : 'http');
  }
  if (target.authority.port === 443 || bytes[0] === 22) return judgeTls(bytes, target);
  return judgeHttp(bytes, target, 'http');
}
