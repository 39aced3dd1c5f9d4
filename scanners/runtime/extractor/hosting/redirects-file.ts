import { MOST_RULES, type ReadRules, type RedirectRule } from './rules.ts';
import { starPattern } from './star-pattern.ts';

/** Statuses that a rule may have. */
const STATUSES = new Set([200, 301, 302, 303, 307, 308, 404, 410, 451]);

/** One rule before its pattern is compiled. */
export interface PlainRedirect {
  readonly from: string;
  readonly to: string;
  readonly status: number;
  readonly force: boolean;
  readonly query: Readonly<Record<string, string>>;
}

/** Compiles a rule, or says why it is left out. */
export function compileRedirect(plain: PlainRedirect, file: string): RedirectRule | string {
  const { from, to, status, force, query } = plain;
  const match = starPattern(from);
  if (!match) return `${file}: the rule for ${from} is left out; only paths of this site are understood.`;
  if (!STATUSES.has(status)) return `${file}: the rule for ${from} is left out; ${status} is not a status it may have.`;
  const away = /^https?:\/\//i.test(to);
  if (!away && !to.startsWith('/'))
    return `${file}: the rule for ${from} is left out; its target is not a path or an http address.`;
  if (away && (status < 300 || status >= 400))
    return `${file}: the rule for ${from} is left out; its target lies on another server.`;
  return { match, query, to, status, force };
}

/** Reads a `_redirects` file: `from [query] to [status[!]] [conditions]` a line. */
export function readRedirectsFile(text: string): ReadRules {
  const redirects: RedirectRule[] = [];
  const notes: string[] = [];
  for (const raw of text.split(/\r\n?|\n/)) {
    const line = raw.replace(/(^|\s)#.*$/, '').trim();
    if (line === '') continue;
    if (redirects.length === MOST_RULES) {
      notes.push(`_redirects: only the first ${MOST_RULES} rules are used.`);
      break;
    }
    const plain = parseLine(line);
    const rule = typeof plain === 'string' ? plain : compileRedirect(plain, '_redirects');
    if (typeof rule === 'string') notes.push(rule);
    else redirects.push(rule);
  }
  return { headers: [], redirects, notes };
}

function parseLine(line: string): PlainRedirect | string {
  const [from = '', ...rest] = line.split(/\s+/);
  const query: Record<string, string> = {};
  while (rest[0] !== undefined && !/^(\/|https?:\/\/)/i.test(rest[0]) && rest[0].includes('=')) {
    const pair = rest.shift() ?? '';
    query[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1);
  }
  const to = rest.shift();
  if (to === undefined) return `_redirects: the line "${line}" is left out; it has no target.`;
  const status = /^(\d{3})(!?)$/.exec(rest[0] ?? '');
  if (status) rest.shift();
  if (rest.length > 0)
    return `_redirects: the rule for ${from} is left out; its condition ${rest[0]} cannot be judged here.`;
  return { from, to, status: Number(status?.[1] ?? 301), force: status?.[2] === '!', query };
}
