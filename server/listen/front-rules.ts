import { StageflowError } from '@stageflow/engine/kernel';

/** What the front rules look at. */
export interface FrontRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  /** How many Host lines there were. */
  readonly hosts: number;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Hosts for which a server on `port` answers: the public one and the names of loopback. */
export function allowedHosts(publicUrl: string | null, host: string, port: number): ReadonlySet<string> {
  const named = publicUrl === null ? [] : [new URL(publicUrl).host];
  const own = host.includes(':') ? `[${host}]` : host;
  return new Set([...named, ...['127.0.0.1', 'localhost', '[::1]', own].map((name) => `${name}:${port}`)]);
}

/**
 * What must hold before any route is looked for: one Host that is ours (a rebound DNS name is `misdirected`), and nothing that a page of
 * another site made a browser send (`foreign_origin`). Links that lead here from elsewhere stay allowed: they only read, and bear no cookie.
 */
export function judgeFront(request: FrontRequest, hosts: ReadonlySet<string>): StageflowError | null {
  const { headers, method } = request;
  const host = (headers.get('host') ?? '').toLowerCase();
  if (request.hosts !== 1 || !URL.canParse(request.url)) {
    return new StageflowError('bad_request', { reason: 'it must name one host' });
  }
  const url = new URL(request.url);
  // A target may name a host of its own, which would win over the header.
  if (!hosts.has(host) || new URL(`${url.protocol}//${host}`).host !== url.host) {
    return new StageflowError('misdirected', { host: host.slice(0, 200) });
  }
  if (SAFE.has(method) && !url.pathname.startsWith('/api/')) return null;
  const origin = headers.get('origin');
  if (origin !== null && (!URL.canParse(origin) || new URL(origin).host !== host)) {
    return new StageflowError('foreign_origin');
  }
  const crossSite = headers.get('sec-fetch-site') === 'cross-site';
  const follows = headers.get('sec-fetch-mode') === 'navigate' && SAFE.has(method);
  return crossSite && !follows ? new StageflowError('foreign_origin') : null;
}
