import type { Slice } from '../store.ts';

/** A word about something that was done or went wrong, shown until it is dismissed or out of date. */
export interface Notice {
  readonly id: number;
  readonly tone: 'done' | 'failed';
  readonly text: string;
  /** Where to go from it. */
  readonly link: { readonly href: string; readonly label: string } | null;
}

export interface Notices {
  readonly notices: readonly Notice[];
  notify(tone: Notice['tone'], text: string, link?: Notice['link']): void;
  dismiss(id: number): void;
}

const MOST = 3;
const DONE_MS = 8_000;
let last = 0;

export const createNotices: Slice<Notices> = (set, get) => ({
  notices: [],
  notify(tone, text, link = null) {
    const id = ++last;
    set({ notices: [...get().notices, { id, tone, text, link }].slice(-MOST) });
    get().announce(text, tone === 'failed' ? 'assertive' : 'polite');
    // Good news goes by itself; what needs a person stays.
    if (tone === 'done') setTimeout(() => get().dismiss(id), DONE_MS);
  },
  dismiss(id) {
    set({ notices: get().notices.filter((notice) => notice.id !== id) });
  },
});
