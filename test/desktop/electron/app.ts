import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { preventable, strict } from './strict.ts';
import type { World } from './world.ts';

/** `app`, with the order of events that Electron's page on it tells. */
export function createApp(world: World) {
  const app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    enableSandbox: () => {
      if (world.isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
      world.sandboxed = true;
    },
    setAppUserModelId: () => {},
    requestSingleInstanceLock: () => world.isFirst,
    setAsDefaultProtocolClient: (scheme: string) => {
      world.linkSchemes.push(scheme);
      return true;
    },
    whenReady: async () => {
      world.isReady = true;
    },
    getPath: (name: 'logs') => {
      if (name !== 'logs') throw new Error(`the stand-in knows no path ${String(name)}`);
      return join(world.folder, 'logs');
    },
    getVersion: () => '0.1.0',
    setLoginItemSettings: (settings: { openAtLogin: boolean }) => void world.loginItems.push(settings),
    /** First `before-quit`, then every window is closed, then `will-quit` and `quit`; whoever prevents one of them stops it. */
    quit: () => {
      const before = preventable({});
      app.emit('before-quit', before);
      if (before.defaultPrevented) return;
      world.isQuitting = true;
      for (const window of [...world.windows]) window.close();
      if (world.windows.size > 0) {
        world.isQuitting = false;
        return;
      }
      const will = preventable({});
      app.emit('will-quit', will);
      if (will.defaultPrevented) return;
      app.emit('quit', {}, 0);
      world.ended.resolve();
    },
  });
  return strict('app', app);
}
