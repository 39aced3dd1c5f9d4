import { useState } from 'react';
import type { CallAnswer, Desktop } from '../../../main/ipc/contract.ts';
import { askDesktop } from '../../api/desktop.ts';
import { asProblem } from '../../api/problem.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { useApp } from '../../state/store.ts';
import { Show } from '../../ui/states.tsx';
import styles from './settings.module.css';

type Kept = CallAnswer<'settings.read'>;
type Switch =
  | 'notifyDone'
  | 'notifyFailed'
  | 'closeToTray'
  | 'openAtLogin'
  | 'uploadAutomatically'
  | 'updateAutomatically'
  | 'keepCrashDumps';

/** What the desktop app remembers: shown in its window alone. */
export function DesktopSettings({ desktop }: { readonly desktop: Desktop }) {
  const loaded = useLoaded('desktop settings', async () => {
    const [settings, about] = await Promise.all([
      askDesktop(desktop, 'settings.read', {}),
      askDesktop(desktop, 'about.read', {}),
    ]);
    return { settings, about };
  });
  return (
    <section aria-labelledby="desktop">
      <h2 id="desktop">This app</h2>
      <Show of={loaded} what="the app's settings">
        {({ settings, about }) => <Switches desktop={desktop} first={settings} about={about} />}
      </Show>
    </section>
  );
}

function Switches({
  desktop,
  first,
  about,
}: {
  readonly desktop: Desktop;
  readonly first: Kept;
  readonly about: CallAnswer<'about.read'>;
}) {
  const [settings, setSettings] = useState(first);
  const failed = (error: unknown) => useApp.getState().notify('failed', asProblem(error).sentence);
  const change = (patch: Partial<Kept>) => {
    // A switch follows the hand; it goes back when it could not be kept.
    const before = settings;
    setSettings({ ...before, ...patch });
    askDesktop(desktop, 'settings.change', patch).then(setSettings, (error: unknown) => {
      setSettings(before);
      failed(error);
    });
  };
  const row = (name: Switch, words: string) => (
    <label className={styles['switch']}>
      <input
        type="checkbox"
        checked={settings[name] === true}
        onChange={(event) => change({ [name]: event.target.checked })}
      />
      {words}
    </label>
  );
  return (
    <>
      {row('notifyDone', 'Tell me when a scan is done')}
      {row('notifyFailed', 'Tell me when a scan failed')}
      {about.hasTray && row('closeToTray', 'Keep running in the tray when the window is closed')}
      {row('uploadAutomatically', 'Upload each report to the object store below, when one is connected')}
      {about.updates && row('updateAutomatically', 'Fetch newer versions while nothing is scanned')}
      {row('keepCrashDumps', 'Keep what a crash leaves on this computer, from the next start on; it is never sent')}
      {about.platform !== 'linux' && row('openAtLogin', 'Start when I sign in')}
      <button type="button" onClick={() => void askDesktop(desktop, 'logs.show', {}).catch(failed)}>
        Show the logs
      </button>
      <p className={styles['quiet']}>Stageflow {about.version}</p>
    </>
  );
}
