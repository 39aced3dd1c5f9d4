/** Where the screens of this page look: `/on/<name>` for a server that the desktop app knows, '' for wherever the page came from. It stays as long as the page is loaded. */
export const PLACE: string = /^\/on\/[a-z0-9][a-z0-9-]*(?=\/|$)/.exec(globalThis.location?.pathname ?? '')?.[0] ?? '';

/** Name of that server; null for wherever the page came from. */
export const SERVER: string | null = PLACE === '' ? null : PLACE.slice('/on/'.length);

/** A path of the address bar as the screens know it, without the place before it. */
export const withoutPlace = (pathname: string): string =>
  PLACE !== '' && pathname.startsWith(PLACE) ? pathname.slice(PLACE.length) || '/' : pathname;
