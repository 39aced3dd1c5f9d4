import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWeb, type Web } from './web.ts';

let web: Web;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web?.close());

const PLACES = ['Scan', 'Runs', 'Compare', 'Doctor', 'Settings'] as const;

describe('the frame around every screen', () => {
  it('leads to every screen by mouse without loading the page again, and names the window', async () => {
    const { context, page, trouble } = await web.signedIn('/');
    await page.evaluate('window.sameWindow = true');
    for (const place of PLACES) {
      await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: place }).click();
      await page.locator('nav a[aria-current=page]', { hasText: place }).waitFor();
      await expect.poll(() => page.title()).not.toBe('Stageflow');
    }
    await page.goBack();
    await page.locator('nav a[aria-current=page]', { hasText: 'Doctor' }).waitFor();
    expect(await page.evaluate('window.sameWindow')).toBe(true);
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('finds a command by keyboard and gives the focus to the screen it leads to', async () => {
    const { context, page, trouble } = await web.signedIn('/');
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Find a command or run' }).waitFor();
    await page.keyboard.type('doct');
    await page.getByRole('menuitem').waitFor();
    expect(await page.getByRole('menuitem').allTextContents()).toEqual(['Doctor: check this machineD']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('nav a[aria-current=page]', { hasText: 'Doctor' }).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('main');
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('shows the shortcuts on ?, and gives the focus back on Escape', async () => {
    const { context, page, trouble } = await web.signedIn('/');
    await page.getByRole('link', { name: 'Runs' }).focus();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Runs');
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('goes round its landmarks with F6', async () => {
    const { context, page } = await web.signedIn('/');
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    const seen: unknown[] = [];
    for (let n = 0; n < 4; n += 1) {
      await page.keyboard.press('F6');
      seen.push(await page.evaluate('document.activeElement.tagName'));
    }
    expect(seen).toEqual(['HEADER', 'NAV', 'MAIN', 'HEADER']);
    await context.close();
  });

  it('lets shortcuts of a single key be switched off for good', async () => {
    const { context, page } = await web.signedIn('/');
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    await page.keyboard.press('?');
    await page.getByLabel('Shortcuts of a single key are on').uncheck();
    await page.keyboard.press('Escape');
    await page.reload();
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    await page.keyboard.press('n');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Find a command or run' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
    await context.close();
  });

  it('says that there is no screen at an address that leads nowhere, and where to go', async () => {
    const { context, page } = await web.signedIn('/nothing-here');
    await page.getByRole('heading', { level: 1, name: 'There is no such screen' }).waitFor();
    const answer = await context.request.get(`${web.origin}/nothing-here`, { headers: { accept: 'text/html' } });
    expect(answer.status()).toBe(404);
    await page.getByRole('link', { name: 'Go to your runs' }).click();
    await page.waitForURL(`${web.origin}/`);
    await context.close();
  });

  it.each([320, 1280, 2560])('never scrolls sideways at %i px', async (width) => {
    const { context, page } = await web.signedIn('/', ['admin'], { width });
    for (const path of ['/', '/playground', '/doctor', '/settings', '/nothing-here']) {
      await page.goto(`${web.origin}${path}`);
      await page.getByRole('main').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), path).toBeLessThanOrEqual(0);
    }
    await context.close();
  });
});
