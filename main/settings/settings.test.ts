import { systemClock } from '@stageflow/engine/kernel';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSettings } from './keep.ts';
import { DesktopSettings, FIRST_SETTINGS, readSettings, visiblePlace } from './model.ts';

/** A ledger behind the engine's door. */
function kept(stored: unknown = {}) {
  const state = { stored, away: false };
  const fetch = async (request: Request) => {
    if (state.away) throw new Error('the engine is away');
    if (request.method === 'GET') return Response.json(state.stored);
    state.stored = await request.json();
    return new Response(null, { status: 204 });
  };
  let ready = () => {};
  const open = () =>
    openSettings({
      fetch,
      clock: systemClock,
      patienceMs: 50,
      onRead: () => {},
      onReady: (then) => void (ready = then),
    });
  return { state, open, ready: () => ready() };
}

describe('the settings', () => {
  it('are as in the beginning until something is changed, and keep what was', async () => {
    const { open, state } = kept();
    const settings = await open();
    expect(settings.now).toEqual(FIRST_SETTINGS);
    await settings.change({ closeToTray: true });
    await settings.change({ notifyDone: false, closeToTray: undefined });
    expect(settings.now).toEqual({ ...FIRST_SETTINGS, closeToTray: true, notifyDone: false });
    expect((await open()).now).toEqual(settings.now);
    expect(state.stored).toEqual(settings.now);
  });

  it('survive whatever another version kept', () => {
    expect(readSettings({ closeToTray: 'perhaps', notifyDone: false, fromTheFuture: 1 })).toEqual({
      ...FIRST_SETTINGS,
      notifyDone: false,
    });
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(DesktopSettings.safeParse(readSettings(anything)).success).toBe(true);
      }),
    );
  });

  it('are read later when the engine comes later, and are never written over unread', async () => {
    const { open, state, ready } = kept({ ...FIRST_SETTINGS, openAtLogin: true });
    state.away = true;
    const settings = await open();
    expect(settings.now).toEqual(FIRST_SETTINGS);
    await expect(settings.change({ notifyDone: false })).rejects.toThrow('away');
    state.away = false;
    ready();
    await expect.poll(() => settings.now.openAtLogin, { timeout: 15_000 }).toBe(true);
    await settings.change({ notifyDone: false });
    expect(state.stored).toEqual({ ...FIRST_SETTINGS, openAtLogin: true, notifyDone: false });
  });
});

describe('the place of the window', () => {
  const screen = { x: 0, y: 0, width: 1920, height: 1080 };
  const at = (x: number, y: number) => ({ x, y, width: 800, height: 600, maximized: false });

  it('is kept while a hand can reach the window there', () => {
    for (const place of [at(0, 0), at(1800, 900), at(-700, 10)]) expect(visiblePlace(place, [screen])).toEqual(place);
  });

  it('is given up when the screen is gone or the window lies beyond it', () => {
    for (const place of [at(2000, 0), at(-790, 0), at(0, -200), at(0, 1070)])
      expect(visiblePlace(place, [screen])).toBeNull();
    expect(visiblePlace(at(0, 0), [])).toBeNull();
    expect(visiblePlace(null, [screen])).toBeNull();
  });
});
