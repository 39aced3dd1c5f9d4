import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, watchTrouble } from '../integration/web/web.ts';
import { createHome, leftovers, site } from './cli.ts';
import { type Server, startServer } from './support/server.ts';

/** A scan of the shop waits for a pod and for every page of it. */
const SCANNED = { timeout: 240_000 };

describe('the screens of a real server, over real pods', () => {
  const home = createHome();
  let server: Server;
  let signIn: string;
  let browser: Browser;
  beforeAll(async () => {
    server = await startServer(home.path);
    signIn = /http\S+\/signin#\S+/.exec(await server.run.line(/\/signin#sf_/))?.[0] ?? '';
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    server?.run.child.kill('SIGTERM');
    await server?.run.done;
    expect(leftovers(home.path)).toEqual([]);
    home.dispose();
  });

  /** Opens an address in a browser without cookies. */
  async function visit(address: string) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const trouble = watchTrouble(page, server.origin);
    // The first visitor waits until the app is built.
    await page.goto(address, { timeout: 120_000 });
    return { context, page, trouble };
  }

  it('lead by mouse from the printed address to a scan, its report, the proof of a finding, and a link that is given and taken back', async () => {
    const { context, page, trouble } = await visit(signIn);
    await page.getByRole('link', { name: 'Scan', exact: true }).click();
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose a file' }).click();
    await (await chooser).setFiles(site('shop.zip'));
    await page.getByText('unpacked').waitFor();
    await page.getByRole('checkbox', { name: /^Lighthouse/ }).uncheck();
    await page.getByRole('button', { name: 'Start scan' }).click();
    await page.waitForURL(/\/scan\/[0-9a-z]{26}$/);

    const matrix = page.getByRole('grid', { name: 'Pages' });
    const done = matrix.getByRole('gridcell').filter({ hasText: /^(?:nothing found|\d+ found)/ });
    await done.first().waitFor(SCANNED);
    const early = await done.count();
    const end = page.getByRole('heading', { level: 2, name: /^Scanned \d+ pages in / });
    await end.waitFor(SCANNED);
    expect(await done.count()).toBeGreaterThan(early);

    await page.getByRole('link', { name: 'Open the report' }).click();
    await openFindingWithPicture(page, (link) => link.click());

    await page.getByRole('button', { name: 'Share' }).click();
    const dialog = page.getByRole('dialog', { name: 'Share this report' });
    await dialog.getByRole('button', { name: 'Make the link' }).click();
    const link = (await dialog.getByText(/\/s\/[\w-]{43}$/).textContent()) ?? '';
    const stranger = await visit(link);
    await stranger.page.locator('[data-report-screen] h1').waitFor();
    expect(stranger.trouble).toEqual([]);
    expect((await stranger.context.cookies()).length).toBe(0);
    await dialog.getByRole('button', { name: 'Take it back' }).click();
    const question = page.getByRole('dialog', { name: 'Take this link back?' });
    await question.getByRole('button', { name: 'Take it back' }).click();
    await dialog.getByText('No link opens this report now.').waitFor();
    expect((await stranger.page.reload())?.status()).toBe(404);
    await stranger.page.getByRole('heading', { name: 'There is nothing at this link' }).waitFor();
    expect(trouble).toEqual([]);
    await Promise.all([context.close(), stranger.context.close()]);
  });

  it('lead the same way by keyboard alone', async () => {
    const { context, page, trouble } = await visit(signIn);
    // The sign-in page has a heading of its own.
    await page.getByRole('link', { name: 'Scan', exact: true }).waitFor();
    await page.keyboard.press('n');
    await page.getByRole('textbox', { name: 'Addresses' }).waitFor();
    const chooser = page.waitForEvent('filechooser');
    await press(page, page.getByRole('button', { name: 'Choose a file' }), 'Enter');
    await (await chooser).setFiles(site('shop.zip'));
    await page.getByText('unpacked').waitFor();
    await press(page, page.getByRole('checkbox', { name: /^Lighthouse/ }), 'Space');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/\/scan\/[0-9a-z]{26}$/);
    await page.getByRole('heading', { level: 2, name: /^Scanned \d+ pages in / }).waitFor(SCANNED);
    await page.keyboard.press('o');
    await openFindingWithPicture(page, (link) => press(page, link, 'Enter'));
    await page.keyboard.press('Shift+S');
    const dialog = page.getByRole('dialog', { name: 'Share this report' });
    await dialog.and(page.locator(':focus-within')).waitFor();
    await press(page, dialog.getByRole('button', { name: 'Make the link' }), 'Enter');
    await dialog.getByText(/\/s\/[\w-]{43}$/).waitFor();
    await press(page, dialog.getByRole('button', { name: 'Take it back' }), 'Enter');
    const question = page.getByRole('dialog', { name: 'Take this link back?' });
    // The safe answer is given the focus once the question is drawn; a key before that may be taken by either.
    await question.getByRole('button', { name: 'Keep it' }).and(page.locator(':focus')).waitFor();
    await press(page, question.getByRole('button', { name: 'Take it back' }), 'Enter');
    await dialog.getByText('No link opens this report now.').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(trouble).toEqual([]);
    await context.close();
  });
});

/** In its own pixels; 0 while it is on its way and when it could not be loaded. */
const WIDTH_OF_PICTURE = `document.querySelector('[aria-label="Place"] img').naturalWidth`;

/** Goes from a report's first screen to the fix worth most that bears a picture, and waits until the picture is drawn. */
async function openFindingWithPicture(page: Page, follow: (link: Locator) => Promise<void>): Promise<void> {
  const fix = page
    .getByRole('region', { name: 'Fix first' })
    .getByRole('listitem')
    .filter({ has: page.locator('img') });
  await follow(fix.first().getByRole('link'));
  const picture = page.getByRole('region', { name: 'Place' }).getByRole('img').first();
  await picture.waitFor();
  await expect.poll(() => page.evaluate(WIDTH_OF_PICTURE)).toBeGreaterThan(0);
}

/** Goes with Tab to an element, as a person without a mouse does, and presses a key there. */
async function press(page: Page, element: Locator, key: string): Promise<void> {
  await element.waitFor();
  for (let step = 0; step < 100; step += 1) {
    if ((await element.and(page.locator(':focus')).count()) > 0) return page.keyboard.press(key);
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${element}`);
}
