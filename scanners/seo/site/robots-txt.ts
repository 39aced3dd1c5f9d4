/** One group of robots.txt: the robots it speaks to and its rules, in order. */
export interface Group {
  readonly agents: string[];
  readonly rules: { readonly allow: boolean; readonly path: string }[];
}

/** robots.txt, read as RFC 9309 asks. */
export interface RobotsTxt {
  readonly groups: readonly Group[];
  readonly sitemaps: readonly string[];
  /** Lines that crawlers skip: 1-based number and why. */
  readonly faults: readonly { readonly line: number; readonly message: string }[];
}

const FIELDS = new Set([
  'crawl-delay',
  'host',
  'clean-param',
  'request-rate',
  'visit-time',
  'content-signal',
  'content-usage',
  'cache-delay',
  'license',
]);
const SPELLINGS: Readonly<Record<string, string>> = {
  useragent: 'user-agent',
  'user agent': 'user-agent',
  dissallow: 'disallow',
  dissalow: 'disallow',
  disalow: 'disallow',
  diasllow: 'disallow',
  'site-map': 'sitemap',
};

/** Reads a robots.txt; nothing in it can throw. */
export function readRobots(text: string): RobotsTxt {
  const groups: Group[] = [];
  const sitemaps: string[] = [];
  const faults: { line: number; message: string }[] = [];
  let current: Group | null = null;
  let naming = false;
  const fault = (line: number, message: string) => {
    if (faults.length < 100) faults.push({ line, message });
  };
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .slice(0, 20_000)
    .forEach((raw, index) => {
      const line = raw.replace(/#.*$/, '').trim();
      if (line === '') return;
      const colon = line.indexOf(':');
      if (colon < 0) return fault(index + 1, `“${line.slice(0, 100)}” has no colon`);
      const field = line.slice(0, colon).trim().toLowerCase();
      const value = line.slice(colon + 1).trim();
      if (field === 'user-agent') {
        if (!naming || !current) groups.push((current = { agents: [], rules: [] }));
        if (value === '') fault(index + 1, 'User-agent names nobody');
        current.agents.push(value.toLowerCase());
        naming = true;
        return;
      }
      if (field === 'allow' || field === 'disallow') {
        naming = false;
        if (!current) return fault(index + 1, `${field} stands before any User-agent`);
        if (value !== '' && !/^[/*]/.test(value))
          return fault(index + 1, `“${value.slice(0, 100)}” does not begin with /`);
        if (value !== '') current.rules.push({ allow: field === 'allow', path: value.slice(0, 2000) });
        return;
      }
      if (field === 'sitemap') {
        if (/^https?:\/\//i.test(value) && URL.canParse(value)) sitemaps.push(value);
        else fault(index + 1, `Sitemap “${value.slice(0, 100)}” is no full address`);
        return;
      }
      if (!FIELDS.has(field))
        fault(
          index + 1,
          SPELLINGS[field]
            ? `${field} is spelled ${SPELLINGS[field]}`
            : `no crawler knows the field ${field.slice(0, 60)}`,
        );
    });
  return { groups, sitemaps, faults };
}

/** True when the robots.txt closes the address (path and query) to robots that have no group of their own. */
export function isClosed(robots: RobotsTxt, path: string, agent = '*'): boolean {
  const groups = robots.groups.filter((group) => group.agents.includes(agent));
  let best = { length: -1, allow: true };
  for (const rule of groups.flatMap((group) => group.rules)) {
    const { length } = rule.path;
    if (length < best.length || (length === best.length && !rule.allow)) continue;
    if (matches(rule.path, path)) best = { length, allow: rule.allow };
  }
  return !best.allow;
}

/** `*` stands for anything, `$` at the end for the end; walked by hand so that no pattern can be slow. */
function matches(pattern: string, path: string): boolean {
  const anchored = pattern.endsWith('$');
  const parts = (anchored ? pattern.slice(0, -1) : pattern).split('*');
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (index === 0) {
      if (!path.startsWith(part)) return false;
      at = part.length;
      continue;
    }
    const last = anchored && index === parts.length - 1;
    const found = last ? path.length - part.length : path.indexOf(part, at);
    if (found < at || !path.startsWith(part, found)) return false;
    at = found + part.length;
  }
  return !anchored || at === path.length;
}
