import { decodePath, type PathMatch } from './rules.ts';

/** A name is a whole segment: two in one segment would let a long path be split in endless ways. */
const TOKEN = /\/\*$|\*|(?<=\/):[A-Za-z_][A-Za-z0-9_]*(?=\/|$)|[\\^$.|?+()[\]{}]/g;

/** A pattern of `_headers` and `_redirects`: `:name` takes one segment, one `*` takes any rest. Null when it is not such a pattern. */
export function starPattern(pattern: string): PathMatch | null {
  const decoded = decodePath(pattern);
  if (decoded === null || !decoded.startsWith('/') || decoded.length > 1000 || decoded.split('*').length > 2)
    return null;
  const names: string[] = [];
  const source = withoutSlash(decoded).replace(TOKEN, (token) => {
    if (token === '/*') {
      names.push('splat');
      // `/docs/*` also speaks for `/docs`.
      return '(?:/(.*))?';
    }
    if (token === '*') {
      names.push('splat');
      return '(.*)';
    }
    if (!token.startsWith(':')) return `\\${token}`;
    names.push(token.slice(1));
    return '([^/]+)';
  });
  const expression = new RegExp(`^${source}$`, 'su');
  return (path) => {
    const found = expression.exec(withoutSlash(path));
    return found && Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? '']));
  };
}

/** Hosts compare without regard to a slash at the end. */
function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
