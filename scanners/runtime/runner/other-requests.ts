import type { Page, Request } from 'playwright-core';
import type { Hop } from './recorder.ts';

/** A request that ended, as Playwright tells it: those of workers and of frames in other processes are seen by it alone. */
interface OtherRequest {
  readonly url: string;
  readonly method: string;
  readonly type: string;
  readonly startedAt: number;
  readonly milliseconds: number | null;
  readonly status: number | null;
  readonly headers: [string, string][];
  readonly failure: string | null;
}

const MOST = 2000;

/** Listens for requests that the page's own session does not tell the end of. */
export function watchOtherRequests(page: Page): { fill(hops: readonly Hop[]): Hop[]; stop(): void } {
  const seen: OtherRequest[] = [];
  const onEnd = (request: Request) => {
    if (seen.length >= MOST || !/^https?:/.test(request.url())) return;
    const entry = { request, failure: request.failure()?.errorText ?? null };
    const response = request.existingResponse();
    const timing = request.timing();
    seen.push({
      url: request.url().slice(0, 4096),
      method: request.method(),
      type: request.resourceType(),
      startedAt: timing.startTime > 0 ? timing.startTime : Date.now(),
      milliseconds: timing.responseEnd >= 0 ? timing.responseEnd : null,
      status: response?.status() ?? null,
      headers: Object.entries(response?.headers() ?? {}),
      failure: entry.failure,
    });
  };
  page.on('requestfinished', onEnd);
  page.on('requestfailed', onEnd);
  return {
    fill: (hops) => mergeOthers(hops, seen),
    stop: () => {
      page.off('requestfinished', onEnd);
      page.off('requestfailed', onEnd);
    },
  };
}

/** Ends hops that were left open and adds requests that were never recorded. */
export function mergeOthers(hops: readonly Hop[], others: readonly OtherRequest[]): Hop[] {
  const known = new Map<string, Hop[]>();
  for (const hop of hops) {
    const same = known.get(hop.url);
    if (same) same.push(hop);
    else known.set(hop.url, [hop]);
  }
  const added: Hop[] = [];
  for (const other of others) {
    const same = known.get(other.url);
    const open = same?.find((hop) => !hop.ended && hop.status === null);
    if (open) {
      open.status = other.status;
      open.responseHeaders = other.headers;
      open.failure = other.failure;
      open.milliseconds = other.milliseconds;
      open.ended = true;
    } else if (!same) {
      const hop = hopOf(other);
      added.push(hop);
      known.set(other.url, [hop]);
    }
  }
  return [...hops, ...added];
}

function hopOf(other: OtherRequest): Hop {
  return {
    requestId: '',
    url: other.url,
    method: other.method,
    type: other.type,
    frameId: null,
    navigation: false,
    startedAt: other.startedAt,
    monotonic: 0,
    requestHeaders: [],
    wantsExtra: false,
    status: other.status,
    statusText: '',
    responseHeaders: other.headers,
    mimeType: other.headers.find(([name]) => name === 'content-type')?.[1]?.split(';', 1)[0] ?? null,
    protocol: null,
    address: null,
    fromCache: false,
    timing: null,
    tls: null,
    bytes: null,
    failure: other.failure,
    milliseconds: other.milliseconds,
    ended: true,
  };
}
