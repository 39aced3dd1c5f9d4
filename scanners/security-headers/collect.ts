import type { PageContext, SiteContext } from '@stageflow/engine/sdk';
import { parseSetCookie } from './cookie.ts';
import { readPage } from './in-page.ts';
import type { PageRaw, SiteRaw } from './raw.ts';
import { DECLARABLE } from './rules/check.ts';

const MOST = 500;
const OTHER_HEADERS = new Set([
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'server',
  'x-powered-by',
  'x-aspnet-version',
  'x-aspnetmvc-version',
  'x-generator',
  'expect-ct',
  'public-key-pins',
]);

/** Reads the visit's record and the rendered document; values of cookies stay behind. */
export async function collect(ctx: PageContext): Promise<PageRaw> {
  const { visit } = ctx;
  const observedAt = Math.floor(Date.now() / 1000);
  const { hostname } = new URL(visit.finalUrl);
  const page = await ctx.page.evaluate(readPage, MOST);
  return {
    ...page,
    url: visit.finalUrl,
    status: visit.status,
    headers: visit.headers
      .filter(([name]) => DECLARABLE.has(name) || OTHER_HEADERS.has(name))
      .slice(0, 100)
      .map(([name, value]) => [name, value.slice(0, 8192)] as const),
    setCookies: visit.headers
      .filter(([name]) => name === 'set-cookie')
      .slice(0, 100)
      .flatMap(([, line]) => parseSetCookie(line, observedAt) ?? []),
    cookies: visit.cookies.filter((cookie) => ownCookie(cookie.domain, hostname)).slice(0, 100),
    tls: visit.tls,
    observedAt,
    plainRequests: visit.requests
      .filter((request) => request.url.startsWith('http://') && request.type !== 'document')
      .slice(0, MOST)
      .map(({ url, type }) => ({ url, type })),
  };
}

function ownCookie(domain: string, hostname: string): boolean {
  const bare = domain.replace(/^\./, '');
  return bare === hostname || hostname.endsWith(`.${bare}`);
}

// A name of the reserved example domain: nobody's real origin.
const FOREIGN = 'https://cors-probe.example';

/** Asks a live site the questions that a visit does not answer; a build has no server to ask. */
export async function collectSite(ctx: SiteContext): Promise<SiteRaw> {
  const first = ctx.pages[0]?.finalUrl;
  if (ctx.job.source === 'zip' || first === undefined) return { plain: null, foreign: null, oldTls: null };
  const { hostname, origin, protocol, port } = new URL(first);
  const foreignAnswer = await ctx.fetch(first, { headers: { origin: FOREIGN } });
  const foreign =
    'failure' in foreignAnswer
      ? null
      : {
          url: first,
          origin: FOREIGN,
          allowOrigin: valueOf(foreignAnswer.headers, 'access-control-allow-origin'),
          allowCredentials: valueOf(foreignAnswer.headers, 'access-control-allow-credentials'),
        };
  if (protocol !== 'https:' || origin !== ctx.job.origin) return { plain: null, foreign, oldTls: null };
  const oldTls = await oldTlsOf(ctx, first);
  if (port !== '') return { plain: null, foreign, oldTls };
  const url = `http://${hostname}/`;
  const answer = await ctx.fetch(url);
  if ('failure' in answer) return { plain: null, foreign, oldTls };
  return { plain: { url, status: answer.status, location: valueOf(answer.headers, 'location') }, foreign, oldTls };
}

/** Whether the server takes TLS 1.1 or less; null when that could not be asked. */
async function oldTlsOf(ctx: SiteContext, url: string): Promise<SiteRaw['oldTls']> {
  const answer = await ctx.fetch(url, { method: 'HEAD', oldTls: true });
  if (!('failure' in answer)) return { url, taken: true };
  return answer.failure === 'tls' || answer.failure === 'reset' ? { url, taken: false } : null;
}

function valueOf(headers: readonly (readonly [string, string])[], name: string): string | null {
  return (
    headers
      .find(([key]) => key === name)?.[1]
      .trim()
      .slice(0, 2048) ?? null
  );
}
