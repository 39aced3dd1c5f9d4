import { useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';

let printing = false;
const listeners = new Set<() => void>();

function set(value: boolean) {
  if (printing === value) return;
  printing = value;
  // The page is drawn for paper as soon as the event returns, so whatever it changes must be there by then.
  flushSync(() => {
    for (const listener of listeners) listener();
  });
}
window.addEventListener('beforeprint', () => set(true));
window.addEventListener('afterprint', () => set(false));

/** True while the page is drawn for paper: long lists are then whole, and what is folded stands open. */
export function usePrinting(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => printing,
  );
}
