import { create, type StateCreator } from 'zustand';
import { type Announcements, createAnnouncements } from './announcements/slice.ts';
import { createDraft, type DraftSlice } from './draft/slice.ts';
import { createJob, type JobSlice } from './job/slice.ts';
import { createJobs, type JobsSlice } from './jobs/slice.ts';
import { createNotices, type Notices } from './notices/slice.ts';
import { createPreferences, type PreferencesSlice } from './preferences/slice.ts';
import { createScanners, type ScannersSlice } from './scanners/slice.ts';
import { createSession, type SessionSlice } from './session/slice.ts';
import { createShortcuts, type ShortcutsSlice } from './shortcuts/slice.ts';

/** All that the window knows, slice by slice; each slice is written by its own actions alone. */
export type AppState = SessionSlice &
  JobSlice &
  JobsSlice &
  DraftSlice &
  ScannersSlice &
  Announcements &
  Notices &
  PreferencesSlice &
  ShortcutsSlice;

/** Makes one slice of the store. */
export type Slice<T> = StateCreator<AppState, [], [], T>;

export const useApp = create<AppState>()((...store) => ({
  ...createSession(...store),
  ...createJob(...store),
  ...createJobs(...store),
  ...createDraft(...store),
  ...createScanners(...store),
  ...createAnnouncements(...store),
  ...createNotices(...store),
  ...createPreferences(...store),
  ...createShortcuts(...store),
}));
