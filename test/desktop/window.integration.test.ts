import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leftovers } from '../e2e/cli.ts';
import { launchBrowser } from '../integration/web/web.ts';
import { type RunningApp, startApp } from './app.ts';

const SOON = { timeout: 60_000 };

/** What the preload left in the page. */
interface InPage {
  readonly stageflow: {
    call(name: string, input: unknown): Promise<unknown>;
    take(files: readonly File[]): Promise<unknown>;
  };
}

describe('the window of the desktop app, in a real Chromium', () => {
  let browser: Browser;
  let app: RunningApp;
  let page: Page;
  beforeAll(async () => {
    browser = await launchBrowser();
    app = await startApp(browser);
    page = await app.page();
    await page.getByRole('heading', { level: 1 }).waitFor(SOON);
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('shows the runs as soon as the engine is there, to its owner, without a sign-in', async () => {
    expect(new URL(page.url()).pathname).toBe('/');
    await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
    expect(app.window().state.shown).toBe(true);
    expect(await page.context().cookies()).toEqual([]);
  });

  it('U6: has no Node in it, and of Electron only the calls of the contract, frozen', async () => {
    const seen = await page.evaluate(() => {
      const all = globalThis as unknown as Record<string, unknown> & InPage;
      return {
        node: ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter((name) => name in all),
        calls: Object.keys(all.stageflow).toSorted(),
        frozen: Object.isFrozen(all.stageflow),
      };
    });
    expect(seen).toEqual({ node: [], calls: ['call', 'on', 'take'], frozen: true });
  });

  it('U6: stays at home: pages, frames and windows elsewhere are stopped, and a link outside is asked about first', async () => {
    const before = page.url();
    await page.evaluate(`location.assign('https://example.org/')`);
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('iframe'), { src: 'https://example.org/' }))`,
    );
    app.world.answer = () => 'Cancel';
    await page.evaluate(`void window.open('https://example.org/a')`);
    await expect.poll(() => app.world.questions.at(-1)?.detail, SOON).toBe('https://example.org/a');
    expect(app.world.openedOutside).toEqual([]);
    app.world.answer = () => 'Open';
    await page.evaluate(`void window.open('https://example.org/b')`);
    await expect.poll(() => app.world.openedOutside, SOON).toEqual(['https://example.org/b']);
    expect([page.url(), page.context().pages().length]).toEqual([before, 1]);
    expect(page.frames().filter((frame) => frame.url().includes('example.org'))).toEqual([]);
  });

  it('U7: a frame within it is no caller', async () => {
    const outcome = await page.evaluate(`(() => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      return frame.contentWindow.__invoke({ channel: 'stageflow:settings.read', input: [{}] });
    })()`);
    expect(outcome).toMatchObject({ ok: false, code: 'foreign_origin' });
  });

  it('U9: a page that was taken over reads no file, names no path, and reaches nothing but the API', async () => {
    const found = await page.evaluate(async () => {
      const { stageflow } = globalThis as unknown as InPage;
      const status = async (path: string) => (await fetch(path)).status;
      const refused = (work: Promise<unknown>) =>
        work.then(
          () => 'went through',
          () => 'refused',
        );
      return {
        local: await status('/local/v1/jobs'),
        file: await status('/etc/passwd'),
        up: await status('/..%2f..%2fetc/passwd'),
        offer: await status('/desktop/offers/guess'),
        path: await refused(stageflow.call('files.take', { paths: ['/etc/passwd'] })),
        made: await stageflow.take([new File(['x'], 'passwd')]),
        unknown: await refused(stageflow.call('shell.run', {})),
        outside: await refused(fetch('http://127.0.0.1:9/')),
      };
    });
    expect(found).toMatchObject({
      local: 404,
      file: 404,
      up: 404,
      offer: 404,
      path: 'refused',
      made: { ok: false, code: 'bad_request' },
      unknown: 'refused',
      outside: 'refused',
    });
  });

  it('says what it takes while something is dragged over it, and why it does not take a folder without pages', async () => {
    const folder = join(app.world.folder, 'photos');
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.jpg'), 'x');
    const session = await page.context().newCDPSession(page);
    const data = { items: [], files: [folder], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver'] as const)
      await session.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data });
    await page.locator('html[data-dragging="accept"]').waitFor({ state: 'attached' });
    await session.send('Input.dispatchDragEvent', { type: 'dragCancel', x: 400, y: 300, data });
    await session.detach();
    await app.drop(folder);
    await page
      .getByRole('region', { name: 'Notices' })
      .getByText(/no HTML/i)
      .waitFor();
    await page.locator('html:not([data-dragging])').waitFor({ state: 'attached' });
  });

  it('puts a list of addresses into the form, from a drop and from the clipboard', async () => {
    const list = join(app.world.folder, 'shop.url');
    writeFileSync(list, '[InternetShortcut]\nURL=https://shop.example/\n');
    await app.drop(list);
    const field = page.getByRole('textbox', { name: 'Addresses' });
    await expect.poll(() => field.inputValue(), SOON).toBe('https://shop.example/');
    app.world.clipboard = 'https://other.example/';
    app.chooseInTray('New scan from the clipboard');
    await expect.poll(() => field.inputValue(), SOON).toBe('https://shop.example/\nhttps://other.example/');
  });

  it('goes where menu and tray lead, and keeps what is set', async () => {
    app.world.applicationMenu
      .flatMap(({ submenu }) => submenu ?? [])
      .find(({ label }) => label === 'Settings…')
      ?.click?.();
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    const done = page.getByRole('checkbox', { name: 'Tell me when a scan is done' });
    await done.uncheck();
    await expect.poll(() => app.call('settings.read', {}), SOON).toMatchObject({ answer: { notifyDone: false } });
    await page.reload();
    await expect.poll(() => done.isChecked(), SOON).toBe(false);
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
    app.chooseInTray('Open Stageflow');
    await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
  });

  it('says that the engine is away when it died, and is there again with it', async () => {
    const { hosts } = app.world;
    hosts.at(-1)?.kill();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor(SOON);
    expect(hosts.length).toBe(2);
  });

  it('asks once whether it stays in the tray, comes back from there, and leaves nothing running at the end', async () => {
    app.world.answer = ({ message }) => (message.includes('in the tray') ? 'Keep in the tray' : 'Cancel');
    const asked = app.world.questions.length;
    app.window().close();
    await expect.poll(() => app.window().state.shown, SOON).toBe(false);
    app.world.trays[0]?.click();
    expect(app.window().state.shown).toBe(true);
    app.window().close();
    expect([app.window().state.shown, app.world.questions.length]).toEqual([false, asked + 1]);
    const { home } = app;
    await app.quit();
    expect(leftovers(home)).toEqual([]);
  });
});
