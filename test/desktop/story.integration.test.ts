import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findObjectStore } from '../../engine/pod/preflight/index.ts';
import { leftovers, site } from '../e2e/cli.ts';
import { launchBrowser } from '../integration/web/web.ts';
import { startTestServer } from '../integration/server/harness.ts';
import { type ObjectServer, startObjectServer } from '../integration/store/object-server.ts';
import { listen } from '../../server/listen/listen.ts';
import { type RunningApp, startApp } from './app.ts';
import { picture } from './pictures.ts';

/** A scan waits for a pod and for every page. */
const SCANNED = { timeout: 150_000 };

describe('the desktop app, over a real engine and real pods', () => {
  let browser: Browser;
  let app: RunningApp;
  /** An object store of this machine, if it has one. */
  let store: ObjectServer | null = null;
  beforeAll(async () => {
    for (const kind of ['minio', 'versitygw'] as const) {
      const binary = await findObjectStore(kind);
      if (binary !== null) store ??= await startObjectServer(kind, binary);
    }
    browser = await launchBrowser();
    app = await startApp(browser);
  });
  afterAll(async () => {
    await browser?.close();
    await store?.stop();
  });

  it('scans an archive that is dropped on its window, goes on when the engine is killed, tells when it is done, and shows the report on a click', async () => {
    const page = await app.page();
    await page.getByRole('heading', { level: 1 }).waitFor({ timeout: 60_000 });
    // Measuring takes minutes; the rest is what this is about.
    await page.evaluate(() =>
      localStorage.setItem('stageflow.preferences', JSON.stringify({ lastScan: { modules: ['axe', 'seo'] } })),
    );
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
    await picture(page, '2-first-start');
    await app.drop(site('shop.zip'));
    await page.waitForURL(/\/scan\/[0-9a-z]{26}$/);
    const done = page
      .getByRole('grid', { name: 'Pages' })
      .getByRole('gridcell')
      .filter({ hasText: /^(?:nothing found|\d+ found)/ });
    await done.first().waitFor(SCANNED);
    await expect.poll(() => app.world.trays[0]?.tooltip, SCANNED).toMatch(/^Stageflow: Scanning shop\.zip/);
    await picture(page, '3-live');
    app.world.hosts.at(-1)?.kill();
    await page.getByRole('heading', { level: 2, name: /^Scanned \d+ pages in / }).waitFor(SCANNED);
    expect(app.world.hosts.length).toBe(2);
    await expect.poll(() => app.world.notifications.map(({ title }) => title), SCANNED).toEqual(['shop.zip is done']);
    app.world.notifications[0]?.click();
    await page.waitForURL(/\/scan\/[0-9a-z]{26}\/report$/);
    await page.locator('[data-report-screen] h1').waitFor();
    await picture(page, '4-report');
    await expect.poll(() => app.world.trays[0]?.tooltip, SCANNED).toBe('Stageflow: Nothing is being scanned');
  });

  it('says that a link has nowhere to lead as long as neither store nor server is connected', async () => {
    const page = await app.page();
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('button', { name: 'Make the link' }).click();
    await page.getByRole('alert').getByText('No object store is set up').waitFor();
    await page.keyboard.press('Escape');
  });

  it('uploads the report to a store that is connected in the settings, after a list of what that is, and a stranger opens its link', async (test) => {
    if (store === null) return test.skip('this machine has no object store');
    const page = await app.page();
    const report = page.url();
    await page.getByRole('link', { name: 'Settings' }).click();
    const section = page.getByRole('region', { name: 'Object store' });
    const { endpoint, region, accessKey, secretKey, share } = store.settings;
    const fields = [
      ['Address', endpoint],
      ['Region', region],
      ['Access key', accessKey],
      ['Secret key', secretKey],
      ['Access key for links', share.accessKey],
      ['Secret key for links', share.secretKey],
    ] as const;
    for (const [name, value] of fields) await section.getByLabel(name, { exact: true }).fill(value);
    app.world.answer = () => 'Connect';
    await section.getByRole('button', { name: 'Connect the store' }).click();
    await section.getByRole('list', { name: 'The store' }).getByText('connected').waitFor(SCANNED);
    expect(app.world.questions.at(-1)?.detail).toContain(endpoint);
    await page.goto(report);
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByText('Screenshots and crops').waitFor();
    await picture(page, '5-share');
    await page.getByRole('button', { name: 'Make the link' }).click();
    const link = (await page.getByRole('region', { name: 'The link' }).locator('code').textContent(SCANNED)) ?? '';
    expect(new URL(link).origin).toBe(new URL(endpoint).origin);
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(link);
    await stranger.locator('[data-report-screen] h1').waitFor();
    await picture(stranger, '6-what-a-stranger-sees');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Upload: uploaded' }).waitFor();
    app.chooseInTray('Copy a link to shop.zip');
    await expect.poll(() => app.world.notifications.at(-1)?.title, SCANNED).toBe('The link is in the clipboard');
    expect((await fetch(app.world.clipboard)).status).toBe(200);
  });

  it('moves the run to a server of the team, once the person has agreed that it is theirs, and scans there', async () => {
    const page = await app.page();
    const report = page.url();
    const team = await startTestServer();
    const { config, clock, log } = team.services;
    const listener = await listen({ app: team.app, config: { ...config, port: 0 }, clock, log });
    try {
      await page.getByRole('link', { name: 'Settings' }).click();
      const servers = page.getByRole('region', { name: 'Servers' });
      await servers.getByRole('textbox', { name: 'Name' }).fill('team');
      await servers.getByRole('textbox', { name: 'Address' }).fill(`http://127.0.0.1:${listener.port}`);
      await servers.getByLabel('Token').fill(team.token(['submit', 'read']));
      app.world.answer = () => 'Connect';
      await servers.getByRole('button', { name: 'Add the server' }).click();
      await servers.getByRole('list', { name: 'Known servers' }).getByText('team', { exact: true }).waitFor();
      expect(app.world.questions.at(-1)?.detail).toContain(`http://127.0.0.1:${listener.port}`);
      await page.goto(report);
      await page.getByText('Send to').click();
      await page.getByRole('button', { name: 'team', exact: true }).click();
      await page.getByRole('region', { name: 'Notices' }).getByText('The report is on team').waitFor(SCANNED);
      const id = new URL(report).pathname.split('/')[2] ?? '';
      expect(team.ledger.job(id)?.state).toBe('DONE');
      // A scan of that server's own, from the same window.
      await page.goto(new URL('/playground', report).href);
      await page.getByRole('radio', { name: 'team' }).check();
      await page.waitForURL(/\/on\/team\/playground$/);
      await page.getByRole('textbox', { name: 'Addresses' }).fill('https://shop.example/');
      await page.getByRole('button', { name: 'Start scan' }).click();
      await page.waitForURL(/\/on\/team\/scan\/[0-9a-z]{26}$/);
      await page.getByRole('heading', { level: 2, name: /^Scanned \d+ page/ }).waitFor(SCANNED);
      const there = new URL(page.url()).pathname.split('/')[4] ?? '';
      expect([team.ledger.job(there)?.state, (await app.ask(`/api/v1/jobs/${there}`)).status]).toEqual(['DONE', 404]);
      await page.getByRole('link', { name: 'Back to this computer' }).click();
      await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
    } finally {
      await listener.close(0);
      await team.close();
    }
  });

  it('leaves nothing running when it is quit', async () => {
    const { home } = app;
    await app.quit();
    expect(leftovers(home)).toEqual([]);
  });
});
