/** RFC 9309: more than this is not read. Characters. */
const MOST_TEXT = 512 * 1024;

interface Rule {
  readonly allow: boolean;
  /** Normalised pattern. */
  readonly pattern: string;
}

interface Group {
  readonly agents: string[];
  readonly rules: Rule[];
}

/** Whether an address of one origin may be visited by one crawler. */
export type RobotsRules = (url: string) => boolean;

/** Paths and patterns compare equal when they mean the same octets: escapes of plain characters undone, the rest in upper case. */
function normalised(text: string): string {
  const escaped = text.replace(/[^\x21-\x7e]+/g, (run) => encodeURIComponent(run.toWellFormed()));
  return escaped.replace(/%([0-9a-f]{2})/gi, (escape, hex: string) => {
    const c = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9._~-]/.test(c) ? c : escape.toUpperCase();
  });
}

/** Matches a pattern with `*` and a final `$` from the start of a path, in time linear to their product and without a regular expression. */
function matches(pattern: string, path: string): boolean {
  const anchored = pattern.endsWith('$');
  const parts = (anchored ? pattern.slice(0, -1) : pattern).split('*');
  const first = parts[0] ?? '';
  if (!path.startsWith(first)) return false;
  if (parts.length === 1) return !anchored || path === first;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  const last = parts.at(-1) ?? '';
  return anchored ? path.length - last.length >= at && path.endsWith(last) : path.indexOf(last, at) >= 0;
}

/** Groups as RFC 9309 knows them; records of any other kind are passed over and end no group. */
function parse(text: string): Group[] {
  const groups: Group[] = [];
  let group: Group | null = null;
  let naming = false;
  for (const line of text
    .slice(0, MOST_TEXT)
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/)) {
    const [record = ''] = line.split('#', 1);
    const colon = record.indexOf(':');
    const key = colon < 0 ? '' : record.slice(0, colon).trim().toLowerCase();
    const value = record.slice(colon + 1).trim();
    if (key === 'user-agent') {
      if (group === null || !naming) groups.push((group = { agents: [], rules: [] }));
      naming = true;
      group.agents.push(value === '*' ? '*' : (/^[A-Za-z_-]+/.exec(value)?.[0] ?? '').toLowerCase());
    } else if (key === 'allow' || key === 'disallow') {
      naming = false;
      if (value !== '') group?.rules.push({ allow: key === 'allow', pattern: normalised(value) });
    }
  }
  return groups;
}

/** Rules from the text of a robots.txt for a crawler's product token (for example `stageflow`). Pure. */
export function parseRobots(text: string, token: string): RobotsRules {
  const groups = parse(text);
  const name = token.toLowerCase();
  const named = groups.filter(({ agents }) => agents.includes(name));
  const mine = named.length > 0 ? named : groups.filter(({ agents }) => agents.includes('*'));
  const rules = mine.flatMap(({ rules }) => rules);
  return (url) => {
    const { pathname, search } = new URL(url);
    if (pathname === '/robots.txt') return true;
    const path = normalised(pathname + search);
    let best: Rule | null = null;
    for (const rule of rules) {
      const longer = best === null || rule.pattern.length > best.pattern.length;
      const equal = best !== null && rule.pattern.length === best.pattern.length && rule.allow;
      if ((longer || equal) && matches(rule.pattern, path)) best = rule;
    }
    return best?.allow ?? true;
  };
}

const nothing: RobotsRules = (url) => new URL(url).pathname === '/robots.txt';

/**
 * Rules from the answer to a request for robots.txt: a text is read; 4xx and redirects that lead nowhere mean that there are no rules;
 * 5xx and no answer (null) mean that nothing may be visited until the site answers. Pure.
 */
export function robotsFrom(
  answer: { readonly status: number; readonly text: string } | null,
  token: string,
): RobotsRules {
  if (answer === null || answer.status >= 500) return nothing;
  const { status, text } = answer;
  return status >= 200 && status < 300 ? parseRobots(text, token) : () => true;
}
