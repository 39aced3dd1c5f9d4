import { createHash } from 'node:crypto';
import type { Hop, TargetFact } from '../raw.ts';
import type { Ask } from './asker.ts';
import { headlines, isErrorPage, saysMissing, shownText } from './soft.ts';

const MOST_HOPS = 10;
const BLOCKED = new Set([401, 403, 407, 408, 425, 429, 451, 503, 999]);

/** What one address answered, without following it. */
export interface Answer {
  readonly status: number | null;
  readonly location: string | null;
  /** Why there was no answer: the failure's name and a reason. */
  readonly failure: string | null;
  readonly reason: string | null;
  /** Hash of the body without its own path; null when it was not read. */
  readonly bodyHash: string | null;
  /** Characters of text that the source shows without any script having run. */
  readonly textLength: number;
  /** True when the answer sets a cookie, without which the next address may send us back. */
  readonly setsCookie: boolean;
  readonly headlines: readonly string[];
}

/** What is known before anything is asked. */
export interface Knowledge {
  /** True for an address of the site under scan. */
  internal(url: string): boolean;
  /** True when the address must not be asked (external links of a build, or switched off). */
  closed(url: string): boolean;
  /** Answer of a page that was scanned, its redirects included step by step; undefined when it was not. */
  known(url: string): Answer | undefined;
}

/** Asks each address once, whoever links to it. */
export function createAnswers(ask: Ask, knowledge: Knowledge): (url: string) => Promise<Answer> {
  const cache = new Map<string, Promise<Answer>>();
  return (url) => {
    const before = cache.get(url);
    if (before) return before;
    const known = knowledge.known(url);
    const answer = known ? Promise.resolve(known) : askOnce(ask, url, knowledge.internal(url));
    cache.set(url, answer);
    return answer;
  };
}

/** Files are asked for by HEAD; where that tells nothing, and for own pages, whose text matters, by GET. */
async function askOnce(ask: Ask, url: string, internal: boolean): Promise<Answer> {
  const file = /\.(?!html?$|php$|aspx?$|jsp$)[a-z0-9]{1,5}$/i.test(new URL(url).pathname);
  if (!internal || file) {
    const head = await ask(url, 'HEAD');
    if (
      'failure' in head
        ? head.failure === 'denied' || head.failure === 'budget'
        : head.status < 400 || head.status === 429
    ) {
      return summary(head);
    }
  }
  const got = await ask(url, 'GET');
  // Resolvers stumble now and then; a name that is really gone is gone the second time as well.
  return summary('failure' in got && got.failure === 'dns' ? await ask(url, 'GET') : got);
}

function summary(answer: Awaited<ReturnType<Ask>>): Answer {
  if ('failure' in answer) {
    return {
      status: null,
      location: null,
      failure: answer.failure,
      reason: answer.reason.slice(0, 200),
      bodyHash: null,
      textLength: 0,
      setsCookie: false,
      headlines: [],
    };
  }
  const header = (name: string) => answer.headers.find(([key]) => key === name)?.[1] ?? null;
  const html = answer.body.length > 0 && /html/i.test(header('content-type') ?? '');
  const text = html ? Buffer.from(answer.body).toString('utf8') : '';
  const { pathname } = new URL(answer.url);
  const plain = pathname.length > 1 ? text.replaceAll(pathname, '') : text;
  return {
    status: answer.status,
    location: header('location'),
    failure: null,
    reason: null,
    bodyHash: html ? createHash('sha256').update(plain).digest('hex').slice(0, 32) : null,
    textLength: shownText(text).length,
    setsCookie: header('set-cookie') !== null,
    headlines: headlines(text),
  };
}

/** Follows a target through its redirects by hand and says what became of it. `mask` is the body that unknown addresses get, if they get one. */
export async function follow(
  url: string,
  answers: (url: string) => Promise<Answer>,
  knowledge: Knowledge,
  mask: string | null,
): Promise<TargetFact> {
  const internal = knowledge.internal(url);
  const hops: Hop[] = [];
  const base = { url, internal, loop: false, denied: null, soft: null };
  const seen = new Set<string>();
  let cookies = false;
  for (let at = url; ; ) {
    if (knowledge.closed(at))
      return { ...base, verdict: 'unverified', status: null, reason: 'links to other sites are not asked', hops };
    seen.add(at);
    const answer = await answers(at);
    const next = redirect(answer, at);
    if (next === null) {
      const denied = hops.length > 0 && answer.failure === 'denied' ? (answer.reason ?? at) : null;
      return { ...base, ...judge(answer, at, knowledge.internal(at), mask), denied, hops };
    }
    cookies ||= answer.setsCookie;
    hops.push({ url: at, status: answer.status ?? 0, location: next });
    if (seen.has(next) || hops.length > MOST_HOPS) {
      const reason = seen.has(next) ? `comes back to ${next}` : `more than ${MOST_HOPS} redirects`;
      // A site that hands out cookies on the way may only send visitors without them round and round.
      if (cookies) return { ...base, verdict: 'unverified', status: answer.status, reason, hops };
      return { ...base, verdict: 'broken', status: answer.status, reason, hops, loop: true };
    }
    if (!/^https?:/.test(next)) {
      const denied = `it is a ${new URL(next).protocol} address`;
      return { ...base, verdict: 'unverified', status: answer.status, reason: `redirects to ${next}`, denied, hops };
    }
    at = next;
  }
}

function redirect(answer: Answer, from: string): string | null {
  const { status, location } = answer;
  if (status === null || location === null || ![301, 302, 303, 307, 308].includes(status)) return null;
  if (!URL.canParse(location, from)) return null;
  return new URL(location, from).href.replace(/#.*$/s, '');
}

function judge(
  answer: Answer,
  url: string,
  internal: boolean,
  mask: string | null,
): Pick<TargetFact, 'verdict' | 'status' | 'reason' | 'soft'> {
  const { status } = answer;
  if (status === null) {
    const gone = !internal && answer.failure === 'dns';
    return {
      verdict: gone ? 'broken' : 'unverified',
      status,
      reason: gone ? 'the host does not exist' : (answer.reason ?? answer.failure),
      soft: null,
    };
  }
  if (status >= 200 && status < 300)
    return { verdict: 'ok', status, reason: null, soft: internal ? softness(answer, url, mask) : null };
  if (BLOCKED.has(status) || status < 400)
    return { verdict: 'unverified', status, reason: `answers ${status}`, soft: null };
  const broken = internal || status === 404 || status === 410;
  return { verdict: broken ? 'broken' : 'unverified', status, reason: `answers ${status}`, soft: null };
}

function softness(answer: Answer, url: string, mask: string | null): string | null {
  if (isErrorPage(url)) return null;
  for (const line of answer.headlines) {
    const said = saysMissing(line);
    if (said !== null) return `answers ${answer.status} and says “${said}”`;
  }
  return mask !== null && answer.bodyHash === mask
    ? `answers ${answer.status} with the same page as an address that cannot exist`
    : null;
}
