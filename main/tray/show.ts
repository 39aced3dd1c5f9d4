import type { MenuItemConstructorOptions, NativeImage, Tray } from 'electron';
import type { Electron } from '../electron.ts';
import { iconOf } from './icon.ts';
import type { IconShape, TrayAct, TrayEntry, TrayModel } from './model.ts';

/** The icon in the tray. */
export interface ShownTray {
  show(model: TrayModel): void;
  remove(): void;
}

/** Puts an icon into the tray; null where the system gives no place for one. */
export function openTray(
  electron: Pick<Electron, 'Tray' | 'Menu' | 'nativeImage'>,
  onAct: (act: TrayAct) => void,
  onFiles: (paths: readonly string[]) => void,
): ShownTray | null {
  const { Tray, Menu, nativeImage } = electron;
  const images = new Map<IconShape, NativeImage>();
  const imageOf = (shape: IconShape) => {
    const image = images.get(shape) ?? nativeImage.createFromBuffer(iconOf(shape), { scaleFactor: 2 });
    images.set(shape, image);
    return image;
  };
  const template = (entry: TrayEntry): MenuItemConstructorOptions => {
    if (entry.kind === 'line') return { type: 'separator' };
    if (entry.kind === 'word') return { label: entry.label, enabled: false };
    return { label: entry.label, click: () => onAct(entry.act) };
  };
  let tray: Tray;
  try {
    tray = new Tray(imageOf('idle'));
  } catch {
    return null;
  }
  tray.on('click', () => onAct({ do: 'show', path: null }));
  // Only macOS lets files be dropped on an icon there.
  tray.on('drop-files', (_event, paths) => onFiles(paths));
  let shown = '';
  return {
    show: (model) => {
      // A menu that is set anew closes under the pointer on some systems.
      const text = JSON.stringify(model);
      if (text === shown) return;
      shown = text;
      tray.setImage(imageOf(model.shape));
      tray.setToolTip(`Stageflow: ${model.status}`);
      tray.setContextMenu(Menu.buildFromTemplate(model.entries.map(template)));
    },
    remove: () => tray.destroy(),
  };
}
