import { canonicalHost } from '../kernel/index.ts';
import { readClientHello } from './client-hello.ts';
import type { Target } from './guard.ts';

/** What the first bytes of a tunnel mean for it. */
export type FlightVerdict =
  | { readonly state: 'more' }
  | { readonly state: 'pass'; readonly protocol: 'tls' | 'http' }
  | { readonly state: 'deny'; readonly reason: string };

/** Most bytes that are looked at before the verdict must stand. */
export const FLIGHT_BYTES = 64 * 1024;

const deny = (reason: string): FlightVerdict => ({ state: 'deny', reason });
const METHOD = /^[A-Z]{1,20}$/;

function judgeTls(bytes: Uint8Array, target: Target): FlightVerdict {
  const hello = readClientHello(bytes);
  if (hello.state === 'more')
    return bytes.length >= FLIGHT_BYTES ? deny('the TLS hello is too long') : { state: 'more' };
  if (hello.state === 'bad') return deny(hello.reason);
  const { host, literal } = target.authority;
  if (hello.sni === null) return literal ? { state: 'pass', protocol: 'tls' } : deny('the TLS hello names no server');
  if (canonicalHost(hello.sni.toLowerCase()) === host) return { state: 'pass', protocol: 'tls' };
  return deny('the TLS hello names another server than the tunnel');
}

/** True when a Host field, or an absolute target's authority, means the tunnel's own host and port. */
function means(field: string, target: Target): boolean {
  const { host, port } = target.authority;
  if (!/^[A-Za-z0-9._:[\]-]{1,300}$/.test(field) || !URL.canParse(`http://${field}/`)) return false;
  const url = new URL(`http://${field}/`);
  return canonicalHost(url.hostname) === host && Number(url.port === '' ? 80 : url.port) === port;
}

function judgeFields(lines: readonly string[], target: Target): FlightVerdict {
  const hosts: string[] = [];
  let lengths = 0;
  let chunked = false;
  for (const line of lines) {
    const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (field === null) return deny('a header line is malformed');
    const [, name = '', value = ''] = field;
    const key = name.toLowerCase();
    if (key === 'host') hosts.push(value);
    if (key === 'content-length') lengths++;
    if (key === 'transfer-encoding') chunked = true;
  }
  if (lengths > 1 || (lengths === 1 && chunked)) return deny('the request gives its length in two ways');
  if (hosts.length !== 1) return deny('the request must bear exactly one Host');
  return means(hosts[0] ?? '', target)
    ? { state: 'pass', protocol: 'http' }
    : deny('the request names another Host than the tunnel');
}

function judgeHttp(bytes: Uint8Array, target: Target): FlightVerdict {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const method = text.slice(0, 21).split(' ')[0] ?? '';
  if (!METHOD.test(method)) return deny('the first bytes are neither TLS nor an HTTP request');
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return bytes.length >= FLIGHT_BYTES ? deny('the request head is too long') : { state: 'more' };
  const head = text.slice(0, end);
  if (/[\0\r\n]/.test(head.replaceAll('\r\n', ''))) return deny('the request head holds control characters');
  const [line = '', ...fields] = head.split('\r\n');
  const request = /^([A-Z]{1,20}) ([\x21-\x7e]+) HTTP\/1\.[01]$/.exec(line);
  if (request === null) return deny('the first line is not an HTTP/1.1 request');
  const [, verb = '', path = ''] = request;
  if (verb === 'CONNECT' || verb === 'PRI') return deny(`${verb} is not allowed inside a tunnel`);
  if (target.readOnly && verb !== 'GET' && verb !== 'HEAD') return deny(`${verb} is not allowed; assets are only read`);
  const absolute = /^http:\/\/([^/?#]+)/i.exec(path);
  if (absolute !== null && !means(absolute[1] ?? '', target))
    return deny('the request names another host than the tunnel');
  if (absolute === null && !path.startsWith('/') && path !== '*') return deny('the request target is malformed');
  return judgeFields(fields, target);
}

/**
 * Judges the first bytes that a client sends into a tunnel: on port 443 a TLS hello for the tunnel's host, elsewhere that or one
 * HTTP/1.1 request head for it. Later requests on the same connection go to the same address and are not read again. Pure.
 */
export function judgeFirstFlight(bytes: Uint8Array, target: Target): FlightVerdict {
  if (bytes.length === 0) return { state: 'more' };
  if (target.authority.port === 443 || bytes[0] === 22) return judgeTls(bytes, target);
  return judgeHttp(bytes, target);
}
