import {
  ADDRESS_KIND_WORDS,
  StageflowError,
  authorityOf,
  canonicalHost,
  classifyAddress,
  classifyName,
  exceptionOf,
  NEVER_SCANNED,
  err,
  ok,
  parseAuthority,
  parseHost,
} from '../kernel/index.ts';
import type { Authority, Result } from '../kernel/index.ts';

/** What a person allowed beside the public web. */
export interface TargetRules {
  /** Exact `host:port`, canonical (see `readAllowHosts`). */
  readonly allowHosts: readonly string[];
  /** Also take ports 8080 and 8443. */
  readonly extraPorts?: boolean;
}

/** Addresses that may be submitted. */
export interface GuardedTargets {
  /** Canonical, without fragment, each once, in the order given. */
  readonly urls: readonly string[];
  /** What was changed, in sentences for the person. */
  readonly notes: readonly string[];
}

type Refused = { readonly ok: false; readonly error: StageflowError };

const OPEN_PORTS = [80, 443];
const EXTRA_PORTS = [8080, 8443];
const LOOPBACK = /^(localhost|[a-z0-9.-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(?=[:/?#]|$)/i;

/** Text for a sentence: without the password that a person may have typed into the address. */
function shown(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:)?(\/\/)?[^/?#]*@/i, '$1$2***@').slice(0, 200);
}

const badUrl = (text: string, reason: string): Refused =>
  err(new StageflowError('bad_url', { url: shown(text), reason }));

/** Splits what was typed into a scheme and the rest; `localhost:3000` and `example.com:8443/x` have none. */
function schemeOf(text: string): string | null {
  const match = /^([a-z][a-z0-9+.-]*):(?!\d+([/?#]|$))/i.exec(text);
  return match?.[1]?.toLowerCase() ?? null;
}

function judgeAddress(url: string, authority: Authority, rules: TargetRules): Refused | null {
  const { host, literal, text } = authority;
  const kind = literal ? (classifyAddress(host)?.kind ?? 'reserved') : classifyName(host);
  if (kind === 'public' || kind === 'name') return null;
  if (rules.allowHosts.includes(text) && !NEVER_SCANNED.has(kind)) return null;
  const details = {
    url: shown(url),
    address: host,
    kind: ADDRESS_KIND_WORDS[kind],
    exception: exceptionOf(kind, text),
  };
  return err(new StageflowError('private_address', details));
}

function judgePort(url: string, authority: Authority, rules: TargetRules): Refused | null {
  if (rules.allowHosts.includes(authority.text)) return null;
  const ports = rules.extraPorts === true ? [...OPEN_PORTS, ...EXTRA_PORTS] : OPEN_PORTS;
  if (ports.includes(authority.port)) return null;
  return badUrl(url, `port ${authority.port} is not scanned unless you add --allow-host ${authority.text}`);
}

/** Judges one address as a person typed it. Pure: names are not resolved here, the guard of the job does that on every connection. */
export function judgeTargetUrl(typed: string, rules: TargetRules): Result<GuardedTargets, StageflowError> {
  const text = typed.trim();
  if (text === '') return badUrl(typed, 'it is empty');
  if (text.length > 4096) return badUrl(text, 'it is longer than 4,096 characters');
  if (/[\s\u0000-\u001f\u007f]/.test(text)) return badUrl(text, 'it holds white space or control characters');
  if (/^[^/?#]*\\/.test(text)) return badUrl(text, 'it holds a backslash');
  const notes: string[] = [];
  const scheme = schemeOf(text);
  if (scheme === 'file') return badUrl(text, 'files are not loaded by address; give the folder or ZIP itself');
  if (scheme !== null && scheme !== 'http' && scheme !== 'https')
    return badUrl(text, `the scheme ${scheme}: is not http: or https:`);
  const bare = text.replace(/^\/\//, '');
  const full = scheme !== null ? text : `${LOOPBACK.test(bare) ? 'http' : 'https'}://${bare}`;
  if (!/^https?:\/\/[^/]/i.test(full) || !URL.canParse(full)) return badUrl(text, 'it cannot be read');
  const url = new URL(full);
  if (url.username !== '' || url.password !== '' || /^[^/?#]*@/.test(full.slice(full.indexOf('//') + 2))) {
    return badUrl(text, 'it holds a user name or password; give them with --basic-auth user:password instead');
  }
  const port = url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port);
  const parsed = parseAuthority(`${url.hostname}:${port}`);
  if (!parsed.ok) return badUrl(text, parsed.error);
  const authority = authorityOf(canonicalHost(url.hostname), port);
  const refused = judgeAddress(text, authority, rules) ?? judgePort(text, authority, rules);
  if (refused !== null) return refused;
  if (url.hash !== '') notes.push(`The part after # of ${shown(text)} was dropped: it does not name another page.`);
  url.hash = '';
  if (scheme === null) notes.push(`${shown(text)} was read as ${url.href}`);
  return ok({ urls: [url.href], notes });
}

/** Judges a list; the first refusal ends it. Duplicates are merged. */
export function judgeTargets(typed: readonly string[], rules: TargetRules): Result<GuardedTargets, StageflowError> {
  const urls = new Set<string>();
  const notes: string[] = [];
  let merged = 0;
  for (const text of typed) {
    const judged = judgeTargetUrl(text, rules);
    if (!judged.ok) return judged;
    notes.push(...judged.value.notes);
    for (const url of judged.value.urls) {
      if (urls.has(url)) merged++;
      urls.add(url);
    }
  }
  if (urls.size === 0) return err(new StageflowError('usage', { problem: 'No address was given.' }));
  if (merged > 0)
    notes.push(merged === 1 ? 'One address was given twice.' : `${merged} addresses were given more than once.`);
  return ok({ urls: [...urls], notes });
}

/** Canonical `host:port` texts of `--allow-host`. */
export function readAllowHosts(values: readonly string[]): Result<readonly string[], StageflowError> {
  const hosts: string[] = [];
  for (const value of values) {
    const parsed = parseAuthority(value);
    if (!parsed.ok) {
      const reason = 'give a host and a port, like 127.0.0.1:8080 or localhost:3000';
      return err(new StageflowError('bad_option', { option: '--allow-host', value, reason }));
    }
    hosts.push(parsed.value.text);
  }
  return ok([...new Set(hosts)]);
}

/** Canonical host names of `--allow-assets`; commas separate. */
export function readAllowAssets(values: readonly string[]): Result<readonly string[], StageflowError> {
  const hosts: string[] = [];
  for (const value of values.flatMap((list) => list.split(',')).map((item) => item.trim())) {
    if (value === '') continue;
    const parsed = parseHost(value);
    if (!parsed.ok) {
      const reason = 'give exact host names, like cdn.example.com';
      return err(new StageflowError('bad_option', { option: '--allow-assets', value, reason }));
    }
    hosts.push(parsed.value);
  }
  return ok([...new Set(hosts)]);
}
