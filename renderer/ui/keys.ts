import { useLayoutEffect, useRef } from 'react';

/** What single keys do on a screen. `false` says that the key meant nothing just now and is left to others. */
export type Keys = Readonly<Record<string, () => void | false>>;

let on = true;
/** Whether single keys do anything (WCAG 2.1.4: they can be switched off). Holds while the page is open. */
export const keysAreOn = (): boolean => on;
export const switchKeys = (wanted: boolean): void => {
  on = wanted;
};

const TYPING = 'input, select, textarea, [contenteditable], dialog[open], [role=dialog]';

/** Listens for single keys while the screen is shown. Keys with Ctrl, Alt or Meta, and keys typed into a field, are left alone. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  // Before it is drawn: a key pressed on what is seen always finds its listener.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!on || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.target instanceof Element && event.target.closest(TYPING)) return;
      const act = latest.current[event.key];
      if (!act) return;
      if (act() !== false) event.preventDefault();
    };
    // On the document, which hears of a key before the window does: a screen's own keys go before those of the frame around it.
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
