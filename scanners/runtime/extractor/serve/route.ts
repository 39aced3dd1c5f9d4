import { decodePath, encodePath, fillTarget, type RedirectRule } from '../hosting/index.ts';
import type { Site } from '../site/index.ts';
import type { StoredFile } from '../unpack/index.ts';

/** What the host would answer to a GET. */
export type Route =
  | {
      readonly kind: 'file';
      readonly status: number;
      readonly path: string;
      readonly file: StoredFile;
      readonly declared: readonly (readonly [string, string])[];
    }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  | { readonly kind: 'missing'; readonly declared: readonly (readonly [string, string])[] }
  | { readonly kind: 'bad' };

type Place = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'move'; readonly path: string };

/** Decides what answers a request target (`/path?query`). Pure; files are found by name in the tree, never on the disk. */
export function route(site: Site, target: string): Route {
  const cut = target.indexOf('?');
  const rawPath = cut < 0 ? target : target.slice(0, cut);
  const query = cut < 0 ? '' : target.slice(cut);
  const path = rawPath.startsWith('/') ? decodePath(rawPath) : null;
  // A slash that came encoded is part of a name, and no name in the tree holds one.
  if (path === null || /[\u0000-\u001f\u007f]/.test(path)) return { kind: 'bad' };
  if (/%2f|%5c/i.test(rawPath)) return notFound(site, path, '/');
  const place = lookUp(site, path);
  const parameters = new URLSearchParams(query);
  for (const rule of site.hosting.redirects) {
    if (!rule.force && place !== null) continue;
    const answer = applyRule(site, rule, path, query, parameters);
    if (answer !== null) return answer;
  }
  if (place !== null) return answerPlace(site, place, path, query, 200);
  return notFound(site, path, path);
}

function answerPlace(site: Site, place: Place, path: string, query: string, status: number): Route {
  if (place.kind === 'move')
    return { kind: 'redirect', status: site.hosting.manners.redirectStatus, location: encodePath(place.path) + query };
  const file = site.tree.files.get(place.path);
  return file
    ? { kind: 'file', status, path: place.path, file, declared: declaredFor(site, path) }
    : { kind: 'missing', declared: declaredFor(site, path) };
}

/** What stands at an address by the host's manners. Configuration files are not there. */
function lookUp(site: Site, path: string): Place | null {
  const { hosting, tree } = site;
  const { cleanUrls, folders, slashedPages } = hosting.manners;
  const name = path.slice(1);
  const has = (file: string) => tree.files.has(file) && !hosting.files.includes(file);
  const index = (folder: string) => [`${folder}index.html`, `${folder}index.htm`].find(has);
  if (name === '' || name.endsWith('/')) {
    const found = index(name);
    const bare = name.slice(0, -1);
    if (found !== undefined)
      return folders === 'strip' && name !== '' ? { kind: 'move', path: `/${bare}` } : { kind: 'file', path: found };
    if (name === '' || cleanUrls === 'off' || slashedPages === 'off' || !has(`${bare}.html`)) return null;
    return slashedPages === 'serve' ? { kind: 'file', path: `${bare}.html` } : { kind: 'move', path: `/${bare}` };
  }
  const slashAll = cleanUrls === 'redirect' && folders === 'redirect' && slashedPages === 'serve';
  if (has(name)) {
    if (cleanUrls !== 'redirect' || !name.endsWith('.html')) return { kind: 'file', path: name };
    if (/(^|\/)index\.html$/.test(name))
      return {
        kind: 'move',
        path: folders === 'strip' && name.includes('/') ? `/${name.slice(0, -11)}` : `/${name.slice(0, -10)}`,
      };
    return { kind: 'move', path: `/${name.slice(0, -5)}${slashAll ? '/' : ''}` };
  }
  if (cleanUrls !== 'off' && has(`${name}.html`))
    return slashAll ? { kind: 'move', path: `${path}/` } : { kind: 'file', path: `${name}.html` };
  const found = index(`${name}/`);
  if (found === undefined) return null;
  return folders === 'redirect' ? { kind: 'move', path: `${path}/` } : { kind: 'file', path: found };
}

function applyRule(
  site: Site,
  rule: RedirectRule,
  path: string,
  query: string,
  parameters: URLSearchParams,
): Route | null {
  const captures = rule.match(path);
  if (captures === null) return null;
  const all: Record<string, string> = { ...captures };
  for (const [name, wanted] of Object.entries(rule.query)) {
    const value = parameters.get(name);
    if (value === null || (!wanted.startsWith(':') && value !== wanted)) return null;
    if (wanted.startsWith(':')) all[wanted.slice(1)] = value;
  }
  const target = fillTarget(rule.to, all);
  if (rule.status >= 300 && rule.status < 400) {
    const location = target.includes('?') ? target : withQuery(target, query);
    return decodePath(target) === path
      ? null
      : { kind: 'redirect', status: rule.status, location: printable(location) };
  }
  const inner = decodePath(target.replace(/[?#].*$/s, ''));
  const place = inner === null ? null : lookUp(site, inner);
  if (place === null) return null;
  // A rewrite never sends the browser elsewhere: where manners would move it, the place it is moved to answers.
  const final = place.kind === 'move' ? lookUp(site, place.path) : place;
  return final?.kind === 'file' ? answerPlace(site, final, path, query, rule.status) : null;
}

function withQuery(target: string, query: string): string {
  const hash = target.indexOf('#');
  return hash < 0 ? target + query : target.slice(0, hash) + query + target.slice(hash);
}

/** A header's value: nothing outside visible ASCII. */
function printable(location: string): string {
  return location.toWellFormed().replace(/[^\u0021-\u007e]/gu, (char) => encodeURIComponent(char));
}

/** The page for unknown addresses, looked for upwards from `from` where the host does so. */
function notFound(site: Site, path: string, from: string): Route {
  const { hosting, tree } = site;
  const parts = hosting.manners.notFound === 'nearest' ? from.slice(1).split('/').slice(0, -1) : [];
  for (;;) {
    const page = [...parts, '404.html'].join('/');
    if (tree.files.has(page)) return answerPlace(site, { kind: 'file', path: page }, path, '', 404);
    if (parts.pop() === undefined) break;
  }
  const front = tree.files.has('200.html') ? '200.html' : hosting.manners.spaWithout404 ? 'index.html' : null;
  return front !== null && tree.files.has(front)
    ? answerPlace(site, { kind: 'file', path: front }, path, '', 200)
    : { kind: 'missing', declared: declaredFor(site, path) };
}

/** Headers that the build declares for an address; the same name twice is joined, cookies stay apart. */
function declaredFor(site: Site, path: string): [string, string][] {
  let headers: [string, string][] = [];
  for (const rule of site.hosting.headers) {
    if (rule.match(path) === null) continue;
    headers = headers.filter(([name]) => !rule.removed.includes(name));
    for (const [name, value] of rule.headers) {
      const before = name === 'set-cookie' ? undefined : headers.find(([known]) => known === name);
      if (before) before[1] = `${before[1]}, ${value}`;
      else headers.push([name, value]);
    }
  }
  return headers;
}
