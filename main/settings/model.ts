import { z } from 'zod';

/** Where the window was; null before it was ever moved. */
const Place = z.strictObject({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(1),
  height: z.number().int().min(1),
  maximized: z.boolean(),
});
export type Place = z.infer<typeof Place>;

/** What the desktop app remembers, kept in the ledger of the data folder. */
export const DesktopSettings = z.strictObject({
  /** True: closing the window leaves the app in the tray. Null until the person was asked, once. */
  closeToTray: z.boolean().nullable(),
  /** Tell when a scan is done, when one failed. */
  notifyDone: z.boolean(),
  notifyFailed: z.boolean(),
  /** Start with the session. */
  openAtLogin: z.boolean(),
  /** Upload each report to the connected object store as soon as it is there. */
  uploadAutomatically: z.boolean(),
  /** Fetch newer versions of an installed app while nothing is scanned. */
  updateAutomatically: z.boolean(),
  /** Keep what a crash leaves on this computer; it is never sent. */
  keepCrashDumps: z.boolean(),
  place: Place.nullable(),
});
export type DesktopSettings = z.infer<typeof DesktopSettings>;

/** As long as nothing was changed. */
export const FIRST_SETTINGS: DesktopSettings = {
  closeToTray: null,
  notifyDone: true,
  notifyFailed: true,
  openAtLogin: false,
  uploadAutomatically: false,
  updateAutomatically: true,
  keepCrashDumps: false,
  place: null,
};

/** Settings as they are kept, those of another version included: what cannot be read is as it was in the beginning. */
export function readSettings(kept: unknown): DesktopSettings {
  const known = typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {};
  const good = Object.entries(DesktopSettings.shape).flatMap(([name, shape]) => {
    const { success, data } = shape.safeParse(known[name]);
    return success ? [[name, data]] : [];
  });
  return { ...FIRST_SETTINGS, ...(Object.fromEntries(good) as Partial<DesktopSettings>) };
}

/** The place if some of it is on a screen that is there now, so that no window opens where nobody sees it. */
export function visiblePlace(
  place: Place | null,
  screens: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[],
): Place | null {
  if (place === null) return null;
  /** As much of the title bar as can be caught with a mouse. */
  const REACH = 80;
  const caught = screens.some(
    (screen) =>
      place.x + place.width >= screen.x + REACH &&
      place.x <= screen.x + screen.width - REACH &&
      place.y >= screen.y &&
      place.y <= screen.y + screen.height - REACH,
  );
  return caught ? place : null;
}
