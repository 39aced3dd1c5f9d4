import { useSyncExternalStore } from 'react';
import { type Mark, MARKS } from '../ui/severity.tsx';

/** The screens of a report. */
export const SCREENS = ['overview', 'findings', 'pages', 'coverage', 'aside', 'artifacts', 'provenance'] as const;
export type Screen = (typeof SCREENS)[number];

/** What the list of findings can be put together by; `none` is by weight. */
export const GROUPS = ['none', 'page', 'rule', 'module'] as const;
export type Group = (typeof GROUPS)[number];

/** Where the reader is. All of it stands in the hash, so that a link carries it, from a disk as from a server. */
export interface Route {
  readonly screen: Screen;
  /** Finding or page that is open, or null. */
  readonly open: string | null;
  readonly filter: Filter;
}

/** What the list of findings is narrowed to and put together by; empty means everything. */
export interface Filter {
  /** Words and terms such as `severity:serious page:/shop*`. */
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly module: string;
  readonly page: string;
  readonly category: string;
  /** Since the earlier report: new or known. */
  readonly since: '' | 'new' | 'known';
  readonly group: Group;
}

export const NO_FILTER: Filter = { text: '', marks: [], module: '', page: '', category: '', since: '', group: 'none' };

/** Reads a hash such as `#/findings/3f2a?severity=critical,serious&q=logo`. Anything unknown is the overview. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [screen, open] = path.split('/');
  const params = new URLSearchParams(query);
  const wanted = new Set((params.get('severity') ?? '').split(','));
  const since = params.get('since');
  return {
    screen: SCREENS.find((s) => s === screen) ?? 'overview',
    open: (screen === 'findings' || screen === 'pages') && open ? decoded(open) : null,
    filter: {
      text: params.get('q') ?? '',
      marks: MARKS.filter((mark) => wanted.has(mark)),
      module: params.get('module') ?? '',
      page: params.get('page') ?? '',
      category: params.get('category') ?? '',
      since: since === 'new' || since === 'known' ? since : '',
      group: GROUPS.find((group) => group === params.get('group')) ?? 'none',
    },
  };
}

/** A part of a hash as it was before it was encoded; null for one that nobody encoded. */
function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** The hash of a route. */
export function hashOf({ screen, open, filter }: Route): string {
  const params = new URLSearchParams();
  if (filter.marks.length > 0) params.set('severity', filter.marks.join(','));
  if (filter.group !== 'none') params.set('group', filter.group);
  for (const name of ['module', 'page', 'category', 'since'] as const)
    if (filter[name] !== '') params.set(name, filter[name]);
  if (filter.text !== '') params.set('q', filter.text);
  const query = params.toString().replaceAll('%2C', ',');
  return `#/${screen}${open === null ? '' : `/${encodeURIComponent(open.toWellFormed())}`}${query === '' ? '' : `?${query}`}`;
}

/** Link to a screen with nothing narrowed down but what is given. */
export const linkTo = (screen: Screen, filter: Partial<Filter> = {}): string =>
  hashOf({ screen, open: null, filter: { ...NO_FILTER, ...filter } });

/** Link to one finding, keeping the filter of the list behind it. */
export const linkToFinding = (id: string, filter: Filter = NO_FILTER): string =>
  hashOf({ screen: 'findings', open: id, filter });

/** Link to one page. */
export const linkToPage = (id: string): string => hashOf({ screen: 'pages', open: id, filter: NO_FILTER });

/** Goes there; `replace` leaves no step to go back to (typing in the filter). */
export function go(route: Route, replace = false): void {
  const hash = hashOf(route);
  if (!replace) {
    location.hash = hash;
    return;
  }
  history.replaceState(history.state, '', hash);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

/** The current hash; the component renders again when it changes. */
export function useHash(): string {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener('hashchange', changed);
      return () => window.removeEventListener('hashchange', changed);
    },
    () => location.hash,
  );
}
