import { type Clock, StageflowError } from '@stageflow/engine/kernel';
import { OWNER_BASE } from '../../server/local/dial.ts';
import { DesktopSettings, FIRST_SETTINGS, readSettings } from './model.ts';

/** The settings, kept in the ledger by way of the engine. */
export interface Settings {
  readonly now: DesktopSettings;
  change(patch: { readonly [K in keyof DesktopSettings]?: DesktopSettings[K] | undefined }): Promise<DesktopSettings>;
}

const ADDRESS = `http://localhost${OWNER_BASE}/desktop/settings`;

/** Reads the settings; without an engine in time they are as in the beginning, and are read when one comes. */
export async function openSettings(options: {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly onReady: (then: () => void) => void;
  readonly clock: Clock;
  readonly patienceMs: number;
  /** Told once what was kept, as soon as it is known. */
  readonly onRead: (settings: DesktopSettings) => void;
}): Promise<Settings> {
  const { fetch, onReady, clock, patienceMs, onRead } = options;
  let now = FIRST_SETTINGS;
  let isRead = false;
  const ask = async () => {
    if (isRead) return;
    const answer = await fetch(new Request(ADDRESS));
    if (!answer.ok) return;
    now = readSettings(await answer.json());
    isRead = true;
    onRead(now);
  };
  let asking: Promise<void> | null = null;
  /** Whoever reads while it is being read waits for the same answer: two would be told twice, and the later one might be the older. */
  const read = () => {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };
  onReady(() => void read().catch(() => {}));
  await Promise.race([read().catch(() => {}), clock.sleep(patienceMs)]);
  return {
    get now() {
      return now;
    },
    change: async (patch) => {
      // What was kept must not be written over with a beginner's settings.
      await read();
      const named = Object.entries(patch).filter(([, value]) => value !== undefined);
      const next = DesktopSettings.parse({ ...now, ...Object.fromEntries(named) });
      const request = new Request(ADDRESS, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(next),
      });
      const answer = await fetch(request);
      await answer.body?.cancel();
      if (!answer.ok) throw new StageflowError('engine_away');
      now = next;
      return now;
    },
  };
}
