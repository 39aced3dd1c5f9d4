import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leftovers } from '../e2e/cli.ts';

const ROOT = join(import.meta.dirname, '../..');
const PACKAGE = join(ROOT, 'node_modules/electron');

/** Electron's own program, where its package has fetched it or the person names one; null elsewhere. */
function realElectron(): string | null {
  const named = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const noted = join(PACKAGE, 'path.txt');
  if (named === undefined && !existsSync(noted)) return null;
  const file = existsSync(noted) ? readFileSync(noted, 'utf8').trim() : 'electron';
  const program = join(named ?? join(PACKAGE, 'dist'), file);
  return existsSync(program) ? program : null;
}
const executablePath = realElectron();
const SOON = { timeout: 60_000 };

interface InPage {
  readonly stageflow: { call(name: string, input: unknown): Promise<{ readonly ok: boolean }> };
}

/** What the stand-in cannot show, where the program is: contexts that are really apart, the scheme in Electron's own network, its own end. */
describe.runIf(executablePath !== null)("in Electron's own program", () => {
  const home = mkdtempSync(join(tmpdir(), 'real-electron-'));
  let app: ElectronApplication;
  let page: Page;
  beforeAll(async () => {
    app = await _electron.launch({
      ...(executablePath === null ? {} : { executablePath }),
      args: [join(ROOT, 'main'), ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
      env: { ...(process.env as Record<string, string>), STAGEFLOW_HOME: home },
    });
    page = await app.firstWindow();
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('shows the runs, over its own scheme and no port', async () => {
    await page.getByRole('heading', { level: 1 }).waitFor(SOON);
    expect(new URL(page.url()).protocol).toBe('stageflow-app:');
  });

  it('U6: keeps pages apart from Node and from the preload', async () => {
    const rights = await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      const contents = window?.webContents as unknown as
        | { getLastWebPreferences(): Readonly<Record<string, unknown>> }
        | undefined;
      const known = contents?.getLastWebPreferences() ?? {};
      return Object.fromEntries(
        ['contextIsolation', 'sandbox', 'nodeIntegration', 'webSecurity'].map((name) => [name, known[name]]),
      );
    });
    expect(rights).toEqual({ contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true });
    expect(
      await page.evaluate(`['require', 'process', 'module', 'ipcRenderer'].filter((name) => name in globalThis)`),
    ).toEqual([]);
  });

  it('U7: answers the window’s calls, and refuses their wrong shapes', async () => {
    const outcomes = await page.evaluate(async () => {
      const { stageflow } = globalThis as unknown as InPage;
      return [(await stageflow.call('about.read', {})).ok, (await stageflow.call('about.read', { more: 1 })).ok];
    });
    expect(outcomes).toEqual([true, false]);
  });

  it('U6: stays at home', async () => {
    const before = page.url();
    await page.evaluate(`location.assign('https://example.org/')`);
    await page.evaluate(`fetch('https://example.org/').catch(() => {})`);
    expect(page.url()).toBe(before);
    expect(app.windows().length).toBe(1);
  });

  it('leaves nothing running when it is quit', async () => {
    await app.close();
    await expect.poll(() => leftovers(home), SOON).toEqual([]);
  });
});
