import type { Hop } from './recorder.ts';
import { maskHeaders } from './recorder.ts';

const named = (headers: readonly (readonly [string, string])[]) => headers.map(([name, value]) => ({ name, value }));

function query(url: string): { name: string; value: string }[] {
  try {
    return [...new URL(url).searchParams].slice(0, 100).map(([name, value]) => ({ name, value: value.slice(0, 1000) }));
  } catch {
    return [];
  }
}

/** HAR's timings in milliseconds, -1 where a phase did not happen. */
function timings(hop: Hop) {
  const t = hop.timing;
  const total = hop.milliseconds ?? 0;
  if (!t) return { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait: total, receive: 0 };
  const span = (from: number, to: number) => (from < 0 || to < 0 ? -1 : Math.max(0, to - from));
  const first = [t.dnsStart, t.connectStart, t.sendStart].find((at) => at >= 0) ?? 0;
  return {
    blocked: first,
    dns: span(t.dnsStart, t.dnsEnd),
    connect: span(t.connectStart, t.connectEnd),
    ssl: span(t.sslStart, t.sslEnd),
    send: span(t.sendStart, t.sendEnd),
    wait: span(t.sendEnd, t.receiveHeadersEnd),
    receive: Math.max(0, total - Math.max(0, t.receiveHeadersEnd)),
  };
}

/** HAR 1.2 of one page's navigation: no bodies, cookies and login masked. */
export function buildHar(input: {
  readonly hops: readonly Hop[];
  readonly pageId: string;
  readonly title: string;
  readonly browser: string;
  readonly secret: ReadonlySet<string>;
}): object {
  const { hops, pageId, secret } = input;
  const [browser = 'Chromium', version = ''] = input.browser.split(' ');
  const started = (at: number) => new Date(at).toISOString();
  return {
    log: {
      version: '1.2',
      creator: { name: 'Stageflow', version: '0.1.0' },
      browser: { name: browser, version },
      pages: [{ startedDateTime: started(hops[0]?.startedAt ?? 0), id: pageId, title: input.title, pageTimings: {} }],
      entries: hops.map((hop) => ({
        pageref: pageId,
        startedDateTime: started(hop.startedAt),
        time: hop.milliseconds ?? 0,
        request: {
          method: hop.method,
          url: hop.url,
          httpVersion: hop.protocol ?? 'unknown',
          cookies: [],
          headers: named(maskHeaders(hop.requestHeaders, secret)),
          queryString: query(hop.url),
          headersSize: -1,
          bodySize: -1,
        },
        response: {
          status: hop.status ?? 0,
          statusText: hop.statusText,
          httpVersion: hop.protocol ?? 'unknown',
          cookies: [],
          headers: named(maskHeaders(hop.responseHeaders, secret)),
          content: { size: -1, mimeType: hop.mimeType ?? 'x-unknown' },
          redirectURL: hop.responseHeaders.find(([name]) => name === 'location')?.[1] ?? '',
          headersSize: -1,
          bodySize: hop.bytes ?? -1,
          ...(hop.failure === null ? {} : { _error: hop.failure }),
        },
        cache: {},
        timings: timings(hop),
        ...(hop.address === null ? {} : { serverIPAddress: hop.address }),
        _resourceType: hop.type,
        _fromCache: hop.fromCache,
      })),
    },
  };
}
