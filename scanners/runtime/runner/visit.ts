import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, StageflowError } from '@stageflow/engine/kernel';
import type { CookieFacts, Visit } from '@stageflow/engine/sdk';
import type { ConsoleMessage, Cookie, Page, Response } from 'playwright-core';
import type { Access } from './access.ts';
import type { JudgeDeparture } from './departures.ts';
import { hasLoaded, type Snapshot, snapshot } from './in-page/index.ts';
import { type Hop, maskSetCookie, type Recorder, startRecorder, toRecord } from './recorder.ts';
import { REFUSED_HEADER } from '../proxy/index.ts';
import { watchOtherRequests } from './other-requests.ts';
import { settle } from './settle.ts';
import { type Tab, untilCrash, within } from './tab.ts';

/** What is kept of a page, in characters, unless said otherwise. */
const LIMITS = {
  html: 5 * 2 ** 20,
  title: 1024,
  url: 4096,
  links: 5000,
  elements: 300_000,
  consoleLines: 1000,
  consoleText: 2000,
  pageErrors: 100,
} as const;

/** A visit that led to a document worth scanning. */
export interface Visited {
  readonly ok: true;
  readonly visit: Visit;
  readonly snapshot: Snapshot;
  readonly hops: readonly Hop[];
  /** Why the page was scanned only as far as it had loaded, or null. */
  readonly cut: StageflowError | null;
}

/** A visit that ends the page. */
export interface Ended {
  readonly ok: false;
  readonly status: 'failed' | 'blocked' | 'skipped';
  readonly error: StageflowError;
  /** True when the tab may hang or has crashed and must be replaced. */
  readonly tabLost: boolean;
}

export interface VisitRules {
  readonly url: string;
  readonly timeouts: { readonly navigation: number; readonly settle: number; readonly page: number };
  readonly access: Access;
  /** Origins of a build, which is all that there is to a ZIP job; null for a job on the web. */
  readonly own: readonly (string | null)[] | null;
  /** Why a page must not lead the browser to an address: then it stays and is scanned as it stands. */
  readonly departs: JudgeDeparture;
  /** The guard's reason for refusing an address, or null. */
  readonly blocked: (url: string) => string | null;
  /** Why a host gave no connection at all, in words, or null. */
  readonly unreachable: (url: string) => string | null;
}

const ended = (
  status: Ended['status'],
  code: ErrorCode,
  details: Record<string, string | number>,
  tabLost = false,
): Ended => ({
  ok: false,
  status,
  error: new StageflowError(code, details),
  tabLost,
});

/** Loads one page in a tab that is on a blank document, lets it settle, and records all that the scanners share. */
export async function visitPage(tab: Tab, rules: VisitRules): Promise<Visited | Ended> {
  const budget = rules.timeouts.page * 1000;
  const work = navigate(tab, rules);
  try {
    return await within(
      untilCrash(work, tab.crashed),
      budget,
      () => new StageflowError('page_timeout', { reason: `it was not through after ${rules.timeouts.page} s` }),
    );
  } catch (thrown) {
    if (thrown instanceof StageflowError) return { ok: false, status: 'failed', error: thrown, tabLost: true };
    return ended('failed', 'page_failed', { reason: firstLine(thrown) }, true);
  }
}

async function navigate(tab: Tab, rules: VisitRules): Promise<Visited | Ended> {
  const { page, cdp } = tab;
  const { url, timeouts, access } = rules;
  const started = Date.now();
  const recorder = startRecorder(cdp, tab.mainFrame);
  const notes = listen(page);
  const others = watchOtherRequests(page);
  tab.departures.begin(rules.departs);
  try {
    let response: Response | null;
    try {
      response = await page.goto(url, { waitUntil: 'commit', timeout: timeouts.navigation * 1000 });
    } catch (thrown) {
      // A renderer that dies at once is told of first as an aborted navigation: one that does not answer any more has its death still to come.
      if (/ERR_ABORTED/.test(firstLine(thrown))) {
        const answers = tab.inside(() => true, null, 3_000).catch(() => delay(3_000));
        await untilCrash(Promise.all([delay(300), answers]), tab.crashed);
      }
      return navigationFailure(thrown, recorder, rules);
    }
    const refusal = judgeAnswer(response, recorder.document(), rules);
    if (refusal) return refusal;
    const first = recorder.document();
    const spent = () => Date.now() - started;
    const loaded = page.waitForLoadState('load', { timeout: Math.max(1, timeouts.navigation * 1000 - spent()) }).then(
      () => null,
      () => new StageflowError('page_timeout', { reason: `still loading after ${timeouts.navigation} s` }),
    );
    // Where a script leads away while the page loads, the browser reads no further: what stands then is a part that no visitor sees.
    const leads = tab.departures.kept().then(async () => {
      const stands = await tab.inside(hasLoaded, null, 2_000).catch(() => false);
      return stands ? loaded : ('elsewhere' as const);
    });
    const cut = await Promise.race([loaded, leads]);
    tab.departures.loaded();
    if (cut === 'elsewhere') return ledAway(tab.departures.held(), rules);
    // The end of a navigation that was refused is told a moment later; until then it looks like the page's document.
    for (let looks = 0; looks < 10 && tab.departures.held().has(recorder.document()?.url ?? ''); looks++)
      await Promise.race([recorder.changed(), delay(100)]);
    if (tab.crashed.aborted) throw tab.crashed.reason;
    // A script that never ends leaves nobody to answer: then there is no document to scan. A loaded page may be drawing itself for long.
    const patience = () => (cut ? 0 : timeouts.page * 1000 - spent());
    await tab.inside(() => true, null, Math.max(2_000, patience()));
    if (!cut) await settle(tab, recorder, timeouts.settle).catch(() => false);
    if (tab.crashed.aborted) throw tab.crashed.reason;
    const document = recorder.document();
    const broke = page.url().startsWith('chrome-error:');
    // The page has led elsewhere by itself: what is in the tab now is judged as if it had been asked for.
    if (document && (broke || document !== first)) {
      const elsewhere = broke || document.failure ? brokenOff(document, rules) : judgeAnswer(null, document, rules);
      if (elsewhere) return elsewhere;
    }
    const seen = await tab.inside(snapshot, LIMITS, Math.max(10_000, patience()));
    if (!/html/i.test(seen.contentType)) return ended('skipped', 'page_not_html', { reason: seen.contentType });
    const held = tab.departures.held();
    const sourceHtml = await sourceOf(tab, document);
    const cookies = await page.context().cookies();
    const secret = access.masked;
    const hops = others.fill(recorder.hops());
    const visit: Visit = {
      requestedUrl: url,
      finalUrl: page.url().split('#', 1)[0]?.slice(0, LIMITS.url) ?? url,
      status: (document === first ? response?.status() : undefined) ?? document?.status ?? 0,
      redirects: recorder.redirects(),
      headers: (document?.responseHeaders ?? []).map(([name, value]) => [
        name,
        name === 'set-cookie' ? maskSetCookie(value) : value,
      ]),
      sourceHtml,
      renderedHtml: seen.html,
      requests: hops.map((hop) => toRecord(hop, secret, (target) => held.get(target) ?? rules.blocked(target))),
      departures: [...held].map(([target, reason]) => ({ url: target, reason: reason.slice(0, 500) })),
      console: notes.console,
      pageErrors: notes.pageErrors,
      cookies: cookieFacts(cookies, document, recorder),
      tls: document?.tls ?? null,
    };
    return { ok: true, visit, snapshot: seen, hops, cut };
  } finally {
    recorder.stop();
    notes.stop();
    others.stop();
  }
}

/** Why a navigation that never committed ended the page. */
function navigationFailure(thrown: unknown, recorder: Recorder, rules: VisitRules): Ended {
  const message = firstLine(thrown);
  const document = recorder.document();
  const last = document?.url ?? rules.url;
  if (/Timeout \d+ms exceeded/.test(message))
    return ended('failed', 'page_timeout', { reason: `no answer within ${rules.timeouts.navigation} s` }, true);
  if (/Download is starting/.test(message))
    return ended('skipped', 'page_not_html', { reason: 'the address is a download' });
  if (/ERR_TOO_MANY_REDIRECTS/.test(message))
    // Like a 404: there is no page here to scan. The link checker reports the links that lead here.
    return ended('skipped', 'page_failed', { reason: 'the redirects never end' });
  const kept = keptOut(last, rules);
  if (kept) return kept;
  const inward = document === null ? null : redirectOffTheWeb(document);
  if (inward !== null)
    return ended('blocked', 'page_denied', {
      reason: `it redirects to a ${inward.scheme}: address, which no visit follows`,
      target: inward.to,
    });
  const net = /net::(ERR_[A-Z_0-9]+)/.exec(message)?.[1];
  if (net === 'ERR_ABORTED')
    return ended('skipped', 'page_not_html', {
      reason: document?.status === 204 ? 'the answer has no content' : 'the browser did not show the answer',
    });
  if (net === 'ERR_INVALID_AUTH_CREDENTIALS' || net === 'ERR_HTTP_RESPONSE_CODE_FAILURE')
    return ended('failed', 'page_failed', {
      reason: `the server answered ${document?.status ?? 'with an error'} and no document`,
    });
  return ended('failed', 'page_failed', { reason: net ?? message });
}

/** Why nothing came from an address: it is another site than the build, the guard refused it, or its host gave no connection. */
function keptOut(url: string, rules: VisitRules): Ended | null {
  if (rules.own && URL.canParse(url) && !rules.own.includes(new URL(url).origin))
    return ended('skipped', 'page_left', { reason: new URL(url).host });
  const refused = rules.blocked(url);
  if (refused !== null)
    return ended('blocked', 'page_denied', { reason: refused, ...(url === rules.url ? {} : { target: url }) });
  const unreachable = rules.unreachable(url);
  return unreachable === null ? null : ended('failed', 'page_failed', { reason: unreachable });
}

/** A document that the page led to and that never came. */
function brokenOff(document: Hop, rules: VisitRules): Ended {
  return keptOut(document.url, rules) ?? ended('failed', 'page_failed', { reason: document.failure ?? 'no answer' });
}

/** A page that is nothing but the way to another one, which the browser was kept from. */
function ledAway(held: ReadonlyMap<string, string>, rules: VisitRules): Ended {
  const [target = rules.url, reason = ''] = [...held].at(-1) ?? [];
  return keptOut(target, rules) ?? ended('blocked', 'page_denied', { reason, target });
}

/** Where a redirect leads that leaves the web, or null. */
function redirectOffTheWeb(document: Hop): { readonly scheme: string; readonly to: string } | null {
  const location = document.responseHeaders.find(([name]) => name === 'location')?.[1] ?? '';
  if (!URL.canParse(location, document.url)) return null;
  const { protocol, href } = new URL(location, document.url);
  return /^https?:$/.test(protocol) ? null : { scheme: protocol.slice(0, -1), to: href };
}

/** What the answer's status and type say before anything is waited for; null when the document is to be scanned. */
function judgeAnswer(response: Response | null, document: Hop | null, rules: VisitRules): Ended | null {
  const status = response?.status() ?? document?.status ?? 0;
  const at = document?.url ?? rules.url;
  // The proxy's own refusals have these; they bear its header, which no site can send past it.
  if (document?.responseHeaders.some(([name]) => name === REFUSED_HEADER)) {
    const kept = keptOut(at, rules);
    if (kept) return kept;
  }
  if (status === 401 || status === 403 || status === 407 || status === 429)
    return ended('blocked', 'page_blocked', { reason: `the server answered ${status}` });
  if (status === 404 || status === 410)
    return ended('skipped', 'page_failed', { reason: `the server answered ${status}` });
  if (status >= 400) return ended('failed', 'page_failed', { reason: `the server answered ${status}` });
  const type = document?.mimeType ?? '';
  if (type !== '' && !/html/i.test(type)) return ended('skipped', 'page_not_html', { reason: type });
  return null;
}

async function sourceOf(tab: Tab, document: Hop | null): Promise<string> {
  if (!document) return '';
  try {
    const { body, base64Encoded } = await within(
      tab.cdp.send('Network.getResponseBody', { requestId: document.requestId }),
      5_000,
      () => new Error('no body'),
    );
    const text = base64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
    return text.slice(0, LIMITS.html);
  } catch {
    // A document that is still loading, or was too large for the browser's buffer, has no source to show.
    return '';
  }
}

function listen(page: Page) {
  const lines: { level: string; text: string; url: string | null; line: number | null }[] = [];
  const pageErrors: string[] = [];
  const onConsole = (message: ConsoleMessage) => {
    if (lines.length >= LIMITS.consoleLines) return;
    const text = message.text();
    if (text.startsWith('Service Worker registration blocked by Playwright')) return;
    const at = message.location();
    lines.push({
      level: message.type(),
      text: text.slice(0, LIMITS.consoleText),
      url: at.url === '' ? null : at.url.slice(0, LIMITS.url),
      line: at.lineNumber ?? null,
    });
  };
  const onError = (error: Error) => {
    if (pageErrors.length < LIMITS.pageErrors)
      pageErrors.push(`${error.name}: ${error.message}`.slice(0, LIMITS.consoleText));
  };
  page.on('console', onConsole);
  page.on('pageerror', onError);
  return {
    console: lines,
    pageErrors,
    stop: () => {
      page.off('console', onConsole);
      page.off('pageerror', onError);
    },
  };
}

function cookieFacts(cookies: readonly Cookie[], document: Hop | null, recorder: Recorder): CookieFacts[] {
  const chain = document ? recorder.hops().filter((hop) => hop.requestId === document.requestId) : [];
  const set = new Set(
    chain.flatMap((hop) =>
      hop.responseHeaders.flatMap(([name, value]) =>
        name === 'set-cookie' ? [(value.split('=', 1)[0] ?? '').trim()] : [],
      ),
    ),
  );
  return cookies.slice(0, 300).map((cookie) => ({
    name: cookie.name.slice(0, 256),
    domain: cookie.domain,
    path: cookie.path,
    secure: cookie.secure,
    httpOnly: cookie.httpOnly,
    sameSite: cookie.sameSite ?? null,
    session: cookie.expires === -1,
    fromDocument: set.has(cookie.name),
  }));
}

function firstLine(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return (message.split('\n')[0] ?? '').replace(/^page\.goto: /, '').slice(0, 300);
}
