import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { windowOptions } from '../../main/window/open.ts';
import { WINDOW_ORIGIN, WINDOW_SCHEME } from '../../main/window/scheme.ts';
import { startDesktop } from '../../main/start.ts';
import { createWorld } from './electron/index.ts';

const MAIN = join(import.meta.dirname, '../../main');
const sources = globSync('**/*.ts', { cwd: MAIN })
  .filter((file) => !file.includes('node_modules') && !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: readFileSync(join(MAIN, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '') }));
/** Files of main in whose code a pattern stands; what is said in comments is no code. */
const using = (pattern: RegExp) => sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
const { webPreferences = {} } = windowOptions('/preload.cjs', null);

/** Main up to the point where its window is open, over an engine that is not there. */
async function started() {
  const world = createWorld(null);
  await startDesktop(
    world.electron,
    {
      preload: async () => `${import.meta.dirname}/app.ts`,
      host: '/there/is/none.ts',
      hasTray: async () => false,
      unchanged: async () => {},
      updater: null,
      programs: { run: async () => null },
      whenTold: () => {},
    },
    [],
  );
  return world;
}

/** Electron's own list of what an app should do for its safety, in its order, and what holds each here. */
describe("U6: Electron's security checklist", () => {
  it('1. only loads what is secure: every page comes through our own scheme, which has no network behind it', () => {
    expect(using(/\.loadURL\(/)).toEqual(['window/open.ts']);
    expect(readFileSync(join(MAIN, 'window/open.ts'), 'utf8').match(/loadURL\((?!WINDOW_ORIGIN \+ path\))/)).toBeNull();
    expect(WINDOW_ORIGIN).toBe('stageflow-app://window');
  });

  it('2. to 4. no Node in pages, isolated contexts, sandboxed processes', () => {
    const { nodeIntegration, nodeIntegrationInWorker, nodeIntegrationInSubFrames, contextIsolation, sandbox } =
      webPreferences;
    expect([nodeIntegration, nodeIntegrationInWorker, nodeIntegrationInSubFrames]).toEqual([false, false, false]);
    expect([contextIsolation, sandbox]).toEqual([true, true]);
  });

  it('5., 13., 14. answers for permissions, navigation and new windows, from the first window on', async () => {
    const world = await started();
    expect([...world.denials.keys()].toSorted()).toEqual([
      'device',
      'display',
      'permission check',
      'permission request',
    ]);
    const [window] = [...world.windows] as unknown as { webContents: NodeJS.EventEmitter }[];
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])
      expect(window?.webContents.listenerCount(name), name).toBe(1);
    world.electron.app.quit();
    await world.ended.promise;
    world.dispose();
  });

  it('6., 8. to 10. no weakened security of the web, and no features of tomorrow', () => {
    const { webSecurity, allowRunningInsecureContent, experimentalFeatures } = webPreferences;
    expect([webSecurity, allowRunningInsecureContent, experimentalFeatures]).toEqual([true, false, false]);
    expect(webPreferences).not.toHaveProperty('enableBlinkFeatures');
    expect(using(/disable-web-security|ignore-certificate-errors|commandLine|no-sandbox/)).toEqual([]);
  });

  it('7. has a policy on every page, which the scheme does not pass by', () => {
    expect(WINDOW_SCHEME.privileges).not.toHaveProperty('bypassCSP');
    expect(using(/withSecurityHeaders\(/)).toEqual(['window/answer.ts']);
  });

  it('11., 12. embeds no other contents', () => {
    expect(webPreferences.webviewTag).toBe(false);
    expect(using(/WebContentsView|BrowserView|allowpopups/)).toEqual([]);
  });

  it('15. opens outside only what a person was shown', () => {
    expect(using(/openExternal\(/)).toEqual(['window/guards.ts']);
  });

  it('16. asks for one exact Electron', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(MAIN, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    expect(devDependencies['electron']).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('17. looks at the sender of every message: there is one place where messages are taken, and it does', () => {
    expect(using(/ipcMain\.(?:handle|on|once)\(/)).toEqual(['ipc/serve.ts']);
    expect(using(/\bisOurs\(event\)/)).toEqual(['ipc/serve.ts']);
  });

  it('18. uses no file: addresses', () => {
    expect(using(/file:\/\/|loadFile\(|pathToFileURL/)).toEqual([]);
  });

  it('20. gives pages none of its own interfaces: one bridge, three functions', () => {
    expect(using(/exposeInMainWorld\(/)).toEqual(['preload.ts']);
    expect(
      using(/from 'electron'/).filter((file) =>
        readFileSync(join(MAIN, file), 'utf8').match(/^import (?!type).*'electron'/m),
      ),
    ).toEqual(['index.ts', 'packaged.ts', 'preload.ts']);
  });
});
