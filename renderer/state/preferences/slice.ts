import type { ScanOptions } from '../../api/schema.ts';
import type { Slice } from '../store.ts';

/** What this browser remembers of its person. */
export interface Preferences {
  /** False turns the shortcuts of a single key off (WCAG 2.1.4). */
  readonly singleKeys: boolean;
  /** Options of the last archive that was scanned: an archive that is dropped on the desktop's window is scanned with them. */
  readonly lastScan: ScanOptions;
}

export interface PreferencesSlice {
  readonly preferences: Preferences;
  prefer(change: Partial<Preferences>): void;
}

const KEY = 'stageflow.preferences';
const USUAL: Preferences = { singleKeys: true, lastScan: {} };

function stored(): Preferences {
  try {
    return { ...USUAL, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>) };
  } catch {
    // A browser that keeps nothing gets what is usual.
    return USUAL;
  }
}

export const createPreferences: Slice<PreferencesSlice> = (set, get) => ({
  preferences: stored(),
  prefer(change) {
    const preferences = { ...get().preferences, ...change };
    set({ preferences });
    try {
      localStorage.setItem(KEY, JSON.stringify(preferences));
    } catch {
      // It holds for this window.
    }
  },
});
