import type { BrowserWindow } from 'electron';
import type { Electron } from './electron.ts';
import type { Settings } from './settings/keep.ts';

/** Closing the window leaves the app in the tray, once a person was asked and said so, and only where there is a tray. */
export function closeToTray(
  window: BrowserWindow,
  options: {
    readonly dialog: Pick<Electron['dialog'], 'showMessageBox'>;
    readonly settings: Settings;
    readonly hasTray: () => boolean;
    readonly isLeaving: () => boolean;
  },
): void {
  const { dialog, settings, hasTray, isLeaving } = options;
  let isAsking = false;
  let closes = false;
  window.on('close', (event) => {
    if (closes || isLeaving() || !hasTray()) return;
    const { closeToTray } = settings.now;
    if (closeToTray === false) return;
    event.preventDefault();
    if (closeToTray) return window.hide();
    if (isAsking) return;
    isAsking = true;
    void (async () => {
      const { response } = await dialog.showMessageBox(window, {
        type: 'question',
        message: 'Keep Stageflow in the tray when its window is closed?',
        detail: 'Scans go on there, and you are told when they are done. The settings change this.',
        buttons: ['Keep in the tray', 'Quit'],
        defaultId: 0,
        cancelId: 0,
        noLink: true,
      });
      const stays = response === 0;
      // Without an engine the answer is not kept, and is asked for again another time; it holds now.
      await settings.change({ closeToTray: stays }).catch(() => {});
      if (stays) return window.hide();
      closes = true;
      window.close();
    })().finally(() => {
      isAsking = false;
    });
  });
}
