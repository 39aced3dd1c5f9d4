import type { CDPSession } from 'playwright-core';
import type { RedirectHop, RequestRecord, TlsFacts } from '@stageflow/engine/sdk';
import type {
  CdpHeaders,
  CdpResponse,
  CdpTiming,
  LoadingFailed,
  LoadingFinished,
  RequestExtraInfo,
  RequestWillBeSent,
  ResponseExtraInfo,
  ResponseReceived,
} from './cdp.ts';

type Headers = [string, string][];

/** One hop of one request while it is being recorded. Times in milliseconds since the epoch. */
export interface Hop {
  readonly requestId: string;
  readonly url: string;
  readonly method: string;
  readonly type: string;
  readonly frameId: string | null;
  readonly navigation: boolean;
  readonly startedAt: number;
  readonly monotonic: number;
  requestHeaders: Headers;
  wantsExtra: boolean;
  status: number | null;
  statusText: string;
  responseHeaders: Headers;
  mimeType: string | null;
  protocol: string | null;
  address: string | null;
  fromCache: boolean;
  timing: CdpTiming | null;
  tls: TlsFacts | null;
  bytes: number | null;
  failure: string | null;
  milliseconds: number | null;
  ended: boolean;
}

interface Chain {
  readonly hops: Hop[];
  readonly requestExtras: Headers[];
  readonly responseExtras: { headers: Headers; status: number }[];
}

// A page may ask for anything any number of times; what comes later is counted by nobody.
const MOST_HOPS = 5000;
const MOST_HEADERS = 200;

/** CDP joins repeated headers by a newline; the record keeps them apart. */
function headerPairs(headers: CdpHeaders): Headers {
  return Object.entries(headers)
    .flatMap(([name, value]) =>
      value.split('\n').map((one): [string, string] => [name.toLowerCase(), one.slice(0, 16_384)]),
    )
    .slice(0, MOST_HEADERS);
}

/** A Set-Cookie line with its value gone: name and attributes are facts, the value is a secret. */
export function maskSetCookie(line: string): string {
  return line.replace(/^([^=;]*)=([^;]*)/, '$1=[masked]');
}

/** Headers as they may be stored: cookies and the person's login are masked. */
export function maskHeaders(
  headers: readonly (readonly [string, string])[],
  secret: ReadonlySet<string>,
): [string, string][] {
  return headers.map(([name, value]) => {
    if (name === 'set-cookie') return [name, maskSetCookie(value)];
    return [name, secret.has(name) ? '[masked]' : value];
  });
}

/** Records the requests of one navigation from CDP's Network events. */
export interface Recorder {
  /** Requests that have begun and not ended, long-lived streams left out. */
  inFlight(): number;
  /** Resolves when a request begins or ends. */
  changed(): Promise<void>;
  /** The last hop of the main frame's latest navigation that was not aborted (those leave the document where it is), or null. */
  document(): Hop | null;
  /** Hops before the document. */
  redirects(): RedirectHop[];
  /** Everything so far, in order of start. */
  hops(): readonly Hop[];
  stop(): void;
}

/** A worker's script is asked for here and answered in the worker's own session. */
const forWorker = (headers: Headers) =>
  headers.some(([name, value]) => name === 'sec-fetch-dest' && value.endsWith('worker'));

const STREAMS = new Set(['websocket', 'eventsource', 'media', 'ping']);

/** Starts recording on a session whose Network domain is enabled. `mainFrame` is the frame id of the page itself. */
export function startRecorder(cdp: Pick<CDPSession, 'on' | 'off'>, mainFrame: string): Recorder {
  const chains = new Map<string, Chain>();
  const order: Hop[] = [];
  const waiting = new Set<() => void>();
  const flying = new Set<string>();
  const mainRequests: string[] = [];
  const tell = () => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  const chainOf = (id: string): Chain => {
    const known = chains.get(id);
    if (known) return known;
    const chain: Chain = { hops: [], requestExtras: [], responseExtras: [] };
    if (chains.size < MOST_HOPS) chains.set(id, chain);
    return chain;
  };
  const answer = (hop: Hop, response: CdpResponse, hasExtra: boolean) => {
    hop.status = response.status;
    hop.statusText = response.statusText;
    hop.responseHeaders = headerPairs(response.headers);
    hop.mimeType = response.mimeType;
    hop.protocol = response.protocol ?? null;
    hop.address = response.remoteIPAddress ?? null;
    hop.fromCache = response.fromDiskCache === true;
    hop.timing = response.timing ?? null;
    hop.wantsExtra = hasExtra;
    const s = response.securityDetails;
    if (s)
      hop.tls = {
        protocol: s.protocol,
        issuer: s.issuer,
        subject: s.subjectName,
        validFrom: s.validFrom,
        validTo: s.validTo,
      };
  };

  const onWill = (e: RequestWillBeSent) => {
    const chain = chainOf(e.requestId);
    const before = chain.hops.at(-1);
    if (e.redirectResponse && before) {
      answer(before, e.redirectResponse, e.redirectHasExtraInfo);
      before.milliseconds = (e.timestamp - before.monotonic) * 1000;
      before.bytes = e.redirectResponse.encodedDataLength;
      before.ended = true;
    }
    if (order.length >= MOST_HOPS) return;
    if (/^(?:data|blob|about|chrome|chrome-extension|filesystem):/.test(e.request.url)) return;
    const type = (e.type ?? 'Other').toLowerCase();
    const navigation = e.requestId === e.loaderId && type === 'document';
    const hop: Hop = {
      requestId: e.requestId,
      url: e.request.url.slice(0, 4096),
      method: e.request.method,
      type,
      frameId: e.frameId ?? null,
      navigation,
      startedAt: e.wallTime * 1000,
      monotonic: e.timestamp,
      requestHeaders: headerPairs(e.request.headers),
      wantsExtra: false,
      status: null,
      statusText: '',
      responseHeaders: [],
      mimeType: null,
      protocol: null,
      address: null,
      fromCache: false,
      timing: null,
      tls: null,
      bytes: null,
      failure: null,
      milliseconds: null,
      ended: false,
    };
    chain.hops.push(hop);
    order.push(hop);
    if (navigation && e.frameId === mainFrame && mainRequests.at(-1) !== e.requestId) mainRequests.push(e.requestId);
    if (!STREAMS.has(type) && !chain.requestExtras.some(forWorker)) flying.add(e.requestId);
    tell();
  };
  const onRequestExtra = (e: RequestExtraInfo) => {
    const headers = headerPairs(e.headers);
    chainOf(e.requestId).requestExtras.push(headers);
    if (forWorker(headers) && flying.delete(e.requestId)) tell();
  };
  const onResponseExtra = (e: ResponseExtraInfo) => {
    chainOf(e.requestId).responseExtras.push({ headers: headerPairs(e.headers), status: e.statusCode });
  };
  const onResponse = (e: ResponseReceived) => {
    const hop = chains.get(e.requestId)?.hops.at(-1);
    if (!hop) return;
    answer(hop, e.response, e.hasExtraInfo);
    if (e.type === 'EventSource' || e.response.mimeType === 'multipart/x-mixed-replace') flying.delete(e.requestId);
    tell();
  };
  const end = (requestId: string, timestamp: number, change: (hop: Hop) => void) => {
    flying.delete(requestId);
    const hop = chains.get(requestId)?.hops.at(-1);
    if (hop && !hop.ended) {
      hop.ended = true;
      hop.milliseconds = (timestamp - hop.monotonic) * 1000;
      change(hop);
    }
    tell();
  };
  const onFinished = (e: LoadingFinished) =>
    end(e.requestId, e.timestamp, (hop) => {
      hop.bytes = e.encodedDataLength;
    });
  const onFailed = (e: LoadingFailed) =>
    end(e.requestId, e.timestamp, (hop) => {
      hop.failure = e.blockedReason ? `${e.errorText} (${e.blockedReason})` : e.errorText;
    });

  cdp.on('Network.requestWillBeSent', onWill);
  cdp.on('Network.requestWillBeSentExtraInfo', onRequestExtra);
  cdp.on('Network.responseReceivedExtraInfo', onResponseExtra);
  cdp.on('Network.responseReceived', onResponse);
  cdp.on('Network.loadingFinished', onFinished);
  cdp.on('Network.loadingFailed', onFailed);

  /** The wire's own headers are told in events of their own, one per hop that had any, in order. */
  const withExtras = (chain: Chain) => {
    let next = 0;
    chain.hops.forEach((hop, i) => {
      const sent = chain.requestExtras[i];
      if (sent) hop.requestHeaders = sent;
      const refused = chain.responseExtras[next];
      // A file of the wrong type under `nosniff` is thrown away before it counts as an answer; that it is not there was said. So is a
      // redirect to where no browser goes.
      const least = /UNSAFE_REDIRECT|ABORTED/.test(hop.failure ?? '') ? 300 : 400;
      if (hop.ended && hop.failure !== null && hop.status === null && refused && refused.status >= least) {
        hop.status = refused.status;
        hop.responseHeaders = refused.headers;
      }
      if (!hop.wantsExtra) return;
      const got = chain.responseExtras[next++];
      if (got && (got.status === hop.status || got.status === 304)) hop.responseHeaders = got.headers;
    });
  };
  const mainChain = (): Chain | null => {
    const known = mainRequests.flatMap((id) => chains.get(id) ?? []);
    const chain = known.findLast((one) => one.hops.at(-1)?.failure !== 'net::ERR_ABORTED') ?? known[0];
    if (!chain) return null;
    withExtras(chain);
    return chain;
  };
  return {
    inFlight: () => flying.size,
    changed: () => new Promise((resolve) => waiting.add(resolve)),
    document: () => mainChain()?.hops.at(-1) ?? null,
    redirects: () =>
      (mainChain()?.hops ?? []).slice(0, -1).map((hop) => ({
        url: hop.url,
        status: hop.status ?? 0,
        location: hop.responseHeaders.find(([n]) => n === 'location')?.[1] ?? null,
      })),
    hops: () => {
      for (const chain of chains.values()) withExtras(chain);
      return order;
    },
    stop: () => {
      cdp.off('Network.requestWillBeSent', onWill);
      cdp.off('Network.requestWillBeSentExtraInfo', onRequestExtra);
      cdp.off('Network.responseReceivedExtraInfo', onResponseExtra);
      cdp.off('Network.responseReceived', onResponse);
      cdp.off('Network.loadingFinished', onFinished);
      cdp.off('Network.loadingFailed', onFailed);
      tell();
    },
  };
}

/** A hop as scanners see it. `blocked` names the guard's reason for an address, or null. */
export function toRecord(
  hop: Hop,
  secret: ReadonlySet<string>,
  blocked: (url: string) => string | null,
): RequestRecord {
  const refused = hop.status === null || hop.status === 403 ? blocked(hop.url) : null;
  return {
    url: hop.url,
    method: hop.method,
    type: hop.type,
    status: refused === null ? hop.status : null,
    responseHeaders: maskHeaders(hop.responseHeaders, secret),
    requestHeaders: maskHeaders(hop.requestHeaders, secret),
    mimeType: hop.mimeType,
    bytes: hop.bytes,
    failure: refused === null ? hop.failure : (hop.failure ?? 'net::ERR_BLOCKED_BY_CLIENT'),
    blocked: refused,
    protocol: hop.protocol,
    startedAt: hop.startedAt,
    milliseconds: hop.milliseconds,
  };
}
