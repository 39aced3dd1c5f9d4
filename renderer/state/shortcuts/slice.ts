import type { Slice } from '../store.ts';

/** One key and what it does. `mod` is Ctrl, or Command on a Mac. */
export interface Shortcut {
  /** As in `mod+k`, `?`, `Escape`, `shift+F6`. */
  readonly keys: string;
  readonly label: string;
  readonly run: (event: KeyboardEvent) => void;
  /** Works while a field is being typed into too. */
  readonly inFields?: boolean;
  /** Offered in the command palette. */
  readonly command?: boolean;
}

/** Shortcuts of one part of the screen, under its name in the sheet. */
export interface ShortcutGroup {
  readonly id: symbol;
  readonly title: string;
  readonly shortcuts: readonly Shortcut[];
  /** Keys that the part listens to by itself, told in the sheet: as they stand there, and what they do. */
  readonly told?: readonly (readonly [string, string])[];
}

export interface ShortcutsSlice {
  readonly shortcutGroups: readonly ShortcutGroup[];
  addShortcuts(group: ShortcutGroup): void;
  removeShortcuts(id: symbol): void;
  /** What lies over the screen: the command palette, the sheet of shortcuts, or nothing. */
  readonly overlay: 'palette' | 'sheet' | null;
  showOverlay(overlay: ShortcutsSlice['overlay']): void;
}

export const createShortcuts: Slice<ShortcutsSlice> = (set, get) => ({
  shortcutGroups: [],
  addShortcuts(group) {
    set({ shortcutGroups: [...get().shortcutGroups.filter(({ id }) => id !== group.id), group] });
  },
  removeShortcuts(id) {
    set({ shortcutGroups: get().shortcutGroups.filter((group) => group.id !== id) });
  },
  overlay: null,
  showOverlay(overlay) {
    set({ overlay });
  },
});
