import { useSyncExternalStore } from 'react';
import { type Mark, MARKS } from '../ui/severity.tsx';

/** The screens of a report. */
export const SCREENS = ['overview', 'findings', 'pages', 'coverage', 'artifacts', 'provenance'] as const;
export type Screen = (typeof SCREENS)[number];

/** Where the reader is. All of it stands in the hash, so that a link carries it, from a disk as from a server. */
export interface Route {
  readonly screen: Screen;
  /** Finding that is open, or null. */
  readonly finding: string | null;
  readonly filter: Filter;
}

/** What the list of findings is narrowed to; empty means everything. */
export interface Filter {
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly module: string;
  readonly page: string;
}

export const NO_FILTER: Filter = { text: '', marks: [], module: '', page: '' };

/** Reads a hash such as `#/findings/3f2a?severity=critical,serious&q=logo`. Anything unknown is the overview. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [screen, finding] = path.split('/');
  const params = new URLSearchParams(query);
  const wanted = new Set((params.get('severity') ?? '').split(','));
  return {
    screen: SCREENS.find((s) => s === screen) ?? 'overview',
    finding: screen === 'findings' && finding ? finding : null,
    filter: {
      text: params.get('q') ?? '',
      marks: MARKS.filter((mark) => wanted.has(mark)),
      module: params.get('module') ?? '',
      page: params.get('page') ?? '',
    },
  };
}

/** The hash of a route. */
export function hashOf({ screen, finding, filter }: Route): string {
  const params = new URLSearchParams();
  if (filter.marks.length > 0) params.set('severity', filter.marks.join(','));
  if (filter.module !== '') params.set('module', filter.module);
  if (filter.page !== '') params.set('page', filter.page);
  if (filter.text !== '') params.set('q', filter.text);
  const query = params.toString().replaceAll('%2C', ',');
  return `#/${screen}${finding === null ? '' : `/${finding}`}${query === '' ? '' : `?${query}`}`;
}

/** Link to a screen with nothing narrowed down. */
export const linkTo = (screen: Screen, filter: Partial<Filter> = {}): string =>
  hashOf({ screen, finding: null, filter: { ...NO_FILTER, ...filter } });

/** Link to one finding, keeping the filter of the list behind it. */
export const linkToFinding = (id: string, filter: Filter = NO_FILTER): string =>
  hashOf({ screen: 'findings', finding: id, filter });

/** Goes there; `replace` leaves no step to go back to (typing in the filter). */
export function go(route: Route, replace = false): void {
  const hash = hashOf(route);
  if (!replace) {
    location.hash = hash;
    return;
  }
  history.replaceState(null, '', hash);
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
