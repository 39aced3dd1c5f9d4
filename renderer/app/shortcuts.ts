import { useLayoutEffect, useRef } from 'react';
import type { Shortcut } from '../state/shortcuts/slice.ts';
import { useApp } from '../state/store.ts';

export const isMac = (): boolean => /mac|iphone|ipad/i.test(navigator.platform);

/** Shortcuts of a part of the screen, alive while it is shown. They are listed in the sheet, and the commands among them in the palette. */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const keys = shortcuts.map(({ keys: k, label }) => `${k} ${label}`).join('\n');
  // Before it is drawn: a key pressed on what is seen always finds its listener.
  useLayoutEffect(() => {
    const id = Symbol(title);
    const { addShortcuts, removeShortcuts } = useApp.getState();
    addShortcuts({
      id,
      title,
      // What runs is looked up when it runs: a shortcut never acts on what was shown before.
      shortcuts: latest.current.map((shortcut, at) => ({
        ...shortcut,
        run: (event) => latest.current[at]?.run(event),
      })),
    });
    return () => removeShortcuts(id);
  }, [title, keys]);
}

/** Tells the sheet of keys that a part of the screen listens to by itself. `told` is one and the same list while it is shown. */
export function useToldKeys(title: string, told: readonly (readonly [string, string])[]): void {
  useLayoutEffect(() => {
    const id = Symbol(title);
    const { addShortcuts, removeShortcuts } = useApp.getState();
    addShortcuts({ id, title, shortcuts: [], told });
    return () => removeShortcuts(id);
  }, [title, told]);
}

/** Whether a key press is the shortcut's. */
export function isPressed(keys: string, event: KeyboardEvent, mac = isMac()): boolean {
  const parts = keys.split('+');
  const key = keys === '+' ? '+' : (parts.at(-1) ?? '');
  const wants = (name: string) => parts.length > 1 && parts.slice(0, -1).includes(name);
  const mod = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  // What stands above a digit or letter is named by itself (`?`): then Shift says nothing.
  const shiftFits = wants('shift') === event.shiftKey || /^[^a-z0-9]$/i.test(key);
  return event.key.toLowerCase() === key.toLowerCase() && wants('mod') === mod && !other && !event.altKey && shiftFits;
}

const FIELDS = 'input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]';

/** Runs the shortcut of every key press, the newest group first. Returns how to stop. */
export function listenForShortcuts(): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const { shortcutGroups, overlay, preferences } = useApp.getState();
    const inField = event.target instanceof Element && event.target.matches(FIELDS);
    for (const group of shortcutGroups.toReversed()) {
      for (const shortcut of group.shortcuts) {
        const single = !shortcut.keys.includes('mod+') && !/^(?:shift\+)?(?:F\d+|Escape)$/.test(shortcut.keys);
        if (overlay !== null && !shortcut.keys.includes('mod+')) continue;
        if ((inField && !shortcut.inFields) || (single && !preferences.singleKeys)) continue;
        if (!isPressed(shortcut.keys, event)) continue;
        event.preventDefault();
        shortcut.run(event);
        return;
      }
    }
  };
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

/** A shortcut as it stands on the keys. */
export function keyNames(keys: string, mac = isMac()): readonly string[] {
  const names: Readonly<Record<string, string>> = { mod: mac ? '⌘' : 'Ctrl', shift: 'Shift', Escape: 'Esc' };
  if (keys === '+') return ['+'];
  return keys.split('+').map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part));
}
