import type { MenuItemConstructorOptions } from 'electron';

/** What the menu's own entries do. */
export interface MenuActs {
  show(path: string): void;
  choose(kind: 'archive' | 'folder'): void;
  logs(): void;
  quit(): void;
}

/** The application's menu: the system's own roles, and this app's entries where each system's people look for them. Pure. */
export function menuTemplate(platform: NodeJS.Platform, acts: MenuActs): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const settings: MenuItemConstructorOptions = {
    label: 'Settings…',
    accelerator: 'CmdOrCtrl+,',
    click: () => acts.show('/settings'),
  };
  const quit: MenuItemConstructorOptions = {
    label: isMac ? 'Quit Stageflow' : 'Quit',
    accelerator: 'CmdOrCtrl+Q',
    click: () => acts.quit(),
  };
  return [
    ...(isMac
      ? [
          {
            label: 'Stageflow',
            submenu: [{ role: 'about' as const }, separator, settings, separator, { role: 'hide' as const }, quit],
          },
        ]
      : []),
    {
      label: 'File',
      submenu: [
        { label: 'New scan', accelerator: 'CmdOrCtrl+N', click: () => acts.show('/playground') },
        { label: 'Scan an archive…', accelerator: 'CmdOrCtrl+O', click: () => acts.choose('archive') },
        { label: 'Scan a folder…', accelerator: 'CmdOrCtrl+Shift+O', click: () => acts.choose('folder') },
        separator,
        { role: 'close' },
        ...(isMac ? [] : [separator, settings, separator, quit]),
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { label: 'Runs', click: () => acts.show('/') },
        { label: 'Compare', click: () => acts.show('/compare') },
        { label: 'Doctor', click: () => acts.show('/doctor') },
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    { role: 'help', submenu: [{ label: 'Show the logs', click: () => acts.logs() }] },
  ];
}
