import type { Slice } from '../store.ts';

/** The scan that is being put together; it outlives a visit to another screen, not the window (it may hold a password). */
export interface Draft {
  /** What stands in the address field. */
  readonly text: string;
  /** The archive; when there is one, it is scanned and not the addresses. */
  readonly file: File | null;
  /** Module ids; null for those that are on by default. */
  readonly modules: readonly string[] | null;
  /** Follow links from the addresses, or exactly these pages. */
  readonly follow: boolean;
  /** As typed; '' for the usual. */
  readonly maxPages: string;
  readonly sample: 'template' | 'all';
  readonly device: 'desktop' | 'mobile';
  readonly lighthouseRuns: number;
  /** As typed, in minutes; '' for the usual. */
  readonly minutes: string;
  readonly robots: boolean;
  readonly siteUrl: string;
  readonly allowAssets: string;
  readonly label: string;
  readonly user: string;
  readonly password: string;
  /** One header a line, `Name: value`. */
  readonly headers: string;
  /** One cookie a line, `name=value`. */
  readonly cookies: string;
  /** A browser's state as Playwright saves it, with its file's name and what is in it; null for none. */
  readonly storageState: {
    readonly name: string;
    readonly cookies: number;
    readonly origins: number;
    readonly document: unknown;
  } | null;
  /** The administrator's word that addresses of the server's own machine may be scanned. */
  readonly allowLocal: boolean;
}

export interface DraftSlice {
  readonly draft: Draft;
  changeDraft(change: Partial<Draft>): void;
  clearDraft(): void;
}

export const NEW_DRAFT: Draft = {
  text: '',
  file: null,
  modules: null,
  follow: true,
  maxPages: '',
  sample: 'template',
  device: 'desktop',
  lighthouseRuns: 1,
  minutes: '',
  robots: true,
  siteUrl: '',
  allowAssets: '',
  label: '',
  user: '',
  password: '',
  headers: '',
  cookies: '',
  storageState: null,
  allowLocal: false,
};

export const createDraft: Slice<DraftSlice> = (set, get) => ({
  draft: NEW_DRAFT,
  changeDraft(change) {
    set({ draft: { ...get().draft, ...change } });
  },
  clearDraft() {
    set({ draft: NEW_DRAFT });
  },
});
