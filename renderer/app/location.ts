import { useSyncExternalStore } from 'react';
import { PLACE, withoutPlace } from '../api/place.ts';

const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

/** Goes to a screen without loading the page again. */
export function navigate(to: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', PLACE + to);
  else history.replaceState(null, '', PLACE + to);
  tell();
}

/** Path and query of the address; the component renders again when they change. The part behind # belongs to the screen. */
export function useAddress(): string {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      window.addEventListener('popstate', changed);
      return () => {
        listeners.delete(changed);
        window.removeEventListener('popstate', changed);
      };
    },
    () => withoutPlace(location.pathname) + location.search,
  );
}

/** Addresses of this server that are no screens. */
const ELSEWHERE = /^\/(?:api|s|signin|assets|notices\.txt|metrics|livez|readyz)(?:\/|$)/;

/** Where a click on a link leads within the app, or null when the browser is to follow it by itself. */
export function inAppTarget(event: MouseEvent, here: Location): string | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return null;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.target !== '' || link.hasAttribute('download')) return null;
  const url = new URL(link.href, here.href);
  if (url.origin !== here.origin || ELSEWHERE.test(url.pathname)) return null;
  // The same page at another place of it: the browser does that, and tells of it.
  if (url.pathname === withoutPlace(here.pathname) && url.search === here.search && url.hash !== '') return null;
  return url.pathname + url.search + url.hash;
}

/** Makes every plain link to a screen go there without loading the page again. Returns how to stop. */
export function followLinks(): () => void {
  const onClick = (event: MouseEvent) => {
    const to = inAppTarget(event, location);
    if (to === null) return;
    event.preventDefault();
    navigate(to);
  };
  document.addEventListener('click', onClick);
  return () => document.removeEventListener('click', onClick);
}
