import type { PathMatch } from './rules.ts';

const TOKEN = /:([A-Za-z_][A-Za-z0-9_]*)|\(|[^:(]/sy;
/** Forms of a group that need little backtracking: no group inside but one look-ahead at its start, no back reference. */
const GROUP = /^(?:\?:)?(?:\(\?![^()]{1,200}\))?[^()]{0,200}$/;
/** Open-ended parts in one pattern. Together with the longest path they bound how long a hostile pattern can take. */
const OPEN_PARTS = 3;
const LONGEST_PATH = 1024;

/** A `source` of vercel.json: `:name` with `?`, `*` or `+`, `:name(regex)`, `(regex)`. Null when it is not understood. */
export function sourcePattern(source: string): PathMatch | null {
  const read = source.startsWith('/') && source.length <= 1000 ? readSource(source) : null;
  if (read === null || read.open > OPEN_PARTS) return null;
  try {
    const compiled = new RegExp(`^${read.expression}$`, 's');
    return (path) => {
      const found = path.length <= LONGEST_PATH ? compiled.exec(path) : null;
      return found && Object.fromEntries(read.names.map((name, index) => [name, found[index + 1] ?? '']));
    };
  } catch {
    return null;
  }
}

/** The pattern as an expression, its names in order, and how many of its parts have no fixed length or delimiter. */
function readSource(source: string): { expression: string; names: string[]; open: number } | null {
  const names: string[] = [];
  let expression = '';
  let open = 0;
  for (let at = 0; at < source.length; ) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(source);
    if (!token) return null;
    at = TOKEN.lastIndex;
    const name = token[1];
    if (name === undefined && token[0] !== '(') {
      expression += token[0].replace(/[\\^$.|?*+()[\]{}]/, '\\$&');
      continue;
    }
    let group: string | null = null;
    if (token[0] === '(' || source[at] === '(') {
      const start = token[0] === '(' ? at : at + 1;
      group = readGroup(source, start);
      if (group === null) return null;
      at = start + group.length + 1;
    }
    const repeat = /[?*+]/.test(source[at] ?? '') ? (source[at++] ?? '') : '';
    open +=
      group === null
        ? Number(repeat !== '' || /[^/]/.test(source[at] ?? '/'))
        : (group.match(/[*+]|\{\d*,/g)?.length ?? 0);
    names.push(name ?? String(names.length));
    // The slash before a part belongs to it when the part may be missing.
    const slash = expression.endsWith('/') && repeat !== '';
    expression = (slash ? expression.slice(0, -1) : expression) + piece(group, repeat, slash ? '/' : '');
  }
  return { expression, names, open };
}

function piece(group: string | null, repeat: string, lead: string): string {
  if (repeat === '') return `(${group ?? '[^/]+'})`;
  const inner = group ?? (repeat === '?' ? '[^/]+' : '.+');
  return repeat === '+' ? `${lead}(${inner})` : `(?:${lead}(${inner}))?`;
}

/** The text of a group up to its closing bracket; null when it is open or of a form that is not understood. */
function readGroup(source: string, start: number): string | null {
  let depth = 1;
  for (let at = start; at < source.length; at += 1) {
    const char = source[at];
    if (char === '\\') at += 1;
    else if (char === '(') depth += 1;
    else if (char === ')' && (depth -= 1) === 0) {
      const text = source.slice(start, at);
      return text !== '' && GROUP.test(text) && !/\\[1-9k]/.test(text) ? text : null;
    }
  }
  return null;
}
