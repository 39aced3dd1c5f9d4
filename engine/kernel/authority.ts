import { parseAddress } from './address.ts';
import { err, ok } from './result.ts';
import type { Result } from './result.ts';

/** A host and a port, in the one spelling that a browser uses too. */
export interface Authority {
  /** Lower-case ASCII name without a trailing dot, dotted IPv4, or IPv6 without brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** True when `host` is an IP address. */
  readonly literal: boolean;
  /** `host:port`, with brackets round IPv6. */
  readonly text: string;
}

/** The canonical host of a URL's `hostname`: no brackets, no trailing dot. */
export function canonicalHost(hostname: string): string {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return bare.endsWith('.') ? bare.slice(0, -1) : bare;
}

/** An authority from a canonical host and a valid port. */
export function authorityOf(host: string, port: number): Authority {
  const literal = parseAddress(host) !== null;
  return { host, port, literal, text: `${host.includes(':') ? `[${host}]` : host}:${port}` };
}

const SHAPE = /^(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9_.])?):([1-9][0-9]{0,4})$/;

/**
 * Reads the raw target of a `CONNECT`. Only the exact spelling that the URL standard would produce passes (letter case and one
 * trailing dot aside), so this parser and a browser can never mean different hosts. Errors are short reasons.
 */
export function parseAuthority(raw: string): Result<Authority, string> {
  if (raw.length > 300) return err('the target is too long');
  const match = SHAPE.exec(raw);
  if (match === null) return err('the target is not a plain host:port');
  const [, spelled = '', digits = ''] = match;
  const port = Number(digits);
  if (port > 65_535) return err('the port is out of range');
  const lower = spelled.toLowerCase();
  if (!URL.canParse(`http://${lower}/`)) return err('the host is not valid');
  const { hostname, username, pathname, search, hash } = new URL(`http://${lower}/`);
  if (username !== '' || pathname !== '/' || search !== '' || hash !== '') return err('the host is not valid');
  if (hostname !== lower) return err('the host is not in its canonical spelling');
  const host = canonicalHost(hostname);
  const labels = host.includes(':') ? [] : host.split('.');
  if (labels.some((label) => label === '' || label.length > 63)) return err('the host is not valid');
  return ok(authorityOf(host, port));
}

/** Reads an exact host name as a person types it (letter case and IDN spelling aside); no port, path, wildcard or address range. */
export function parseHost(text: string): Result<string, string> {
  if (text.length > 300 || /[/?#@:\\%\s]/.test(text) || !URL.canParse(`http://${text}/`))
    return err('it is not a plain host name');
  const parsed = parseAuthority(`${new URL(`http://${text}/`).hostname}:443`);
  return parsed.ok ? ok(parsed.value.host) : parsed;
}
