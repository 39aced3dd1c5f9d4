import type { ScanOptions } from '../../api/schema.ts';
import type { Slice } from '../store.ts';

/** What this browser remembers of its person. */
export interface Preferences {
  /** False turns the shortcuts of a single key off (WCAG 2.1.4). */
  readonly singleKeys: boolean;
  /** Options of the last archive that was scanned: an archive that is dropped on the desktop's window is scanned with them. */
  readonly lastScan: ScanOptions;
  /** Light or dark; `system` follows the machine. */
  readonly theme: Theme;
  /** Filters of findings that were given a name, by it; the same for every report. */
  readonly filters: Readonly<Record<string, string>>;
}

/** How the screens look. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface PreferencesSlice {
  readonly preferences: Preferences;
  prefer(change: Partial<Preferences>): void;
}

const KEY = 'stageflow.preferences';
const USUAL: Preferences = { singleKeys: true, theme: 'system', filters: {}, lastScan: {} };

/** What was remembered. */
export function storedPreferences(): Preferences {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>;
    const filters = Object.entries(kept.filters ?? {}).filter(([, hash]) => typeof hash === 'string');
    return { ...USUAL, ...kept, filters: Object.fromEntries(filters) };
  } catch {
    // A browser that keeps nothing gets what is usual.
    return USUAL;
  }
}

/** Gives the page a theme; `system` takes it back. */
export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

export const createPreferences: Slice<PreferencesSlice> = (set, get) => ({
  preferences: storedPreferences(),
  prefer(change) {
    const preferences = { ...get().preferences, ...change };
    set({ preferences });
    showTheme(preferences.theme);
    try {
      localStorage.setItem(KEY, JSON.stringify(preferences));
    } catch {
      // It holds for this window.
    }
  },
});
