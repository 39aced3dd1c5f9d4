import type { Slice } from '../store.ts';

/** What screen readers are told without moving: progress politely, failures at once. */
export interface Announcements {
  readonly polite: string;
  readonly assertive: string;
  announce(text: string, how?: 'polite' | 'assertive'): void;
}

/** A sentence that is said again has to differ, or it is not read. */
const NUDGE = '\u00a0';

export const createAnnouncements: Slice<Announcements> = (set, get) => ({
  polite: '',
  assertive: '',
  announce(text, how = 'polite') {
    set({ [how]: get()[how] === text ? text + NUDGE : text });
  },
});
