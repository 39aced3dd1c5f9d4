import { declaredHeader, MOST_RULES, type HeaderRule, type PathMatch, type ReadRules } from './rules.ts';
import { starPattern } from './star-pattern.ts';

/** Reads a `_headers` file as Netlify and Cloudflare Pages write it: a path, then indented `Name: value` lines. */
export function readHeadersFile(text: string): ReadRules {
  const headers: HeaderRule[] = [];
  const notes: string[] = [];
  let match: PathMatch | null = null;
  let lines: [string, string][] = [];
  let removed: string[] = [];
  const finish = () => {
    if (match && lines.length + removed.length > 0) headers.push({ match, headers: lines, removed });
    lines = [];
    removed = [];
  };
  for (const raw of text.split(/\r\n?|\n/)) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    if (!/^\s/.test(raw) && (line.startsWith('/') || /^https?:\/\//.test(line))) {
      finish();
      match = starPattern(line);
      if (!match) notes.push(`_headers: rules for ${line} are left out; only paths of this site are understood.`);
    } else if (line.startsWith('! ')) {
      removed.push(line.slice(2).trim().toLowerCase());
    } else {
      const header = colon > 0 ? declaredHeader(line.slice(0, colon).trim(), line.slice(colon + 1)) : null;
      if (header) lines.push(header);
      else notes.push(`_headers: the line "${line}" is left out; it is not a header that a build may set.`);
    }
    if (headers.length === MOST_RULES) {
      notes.push(`_headers: only the first ${MOST_RULES} rules are used.`);
      return { headers, redirects: [], notes };
    }
  }
  finish();
  return { headers, redirects: [], notes };
}
