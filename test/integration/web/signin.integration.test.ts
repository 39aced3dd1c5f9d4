import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWeb, type Web } from './web.ts';

let web: Web;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web?.close());

describe('signing in', () => {
  it('by link: the token leaves the address before it is sent, and the first screen comes', async () => {
    const { context, page, trouble } = await web.visit(`/signin#${web.server.token(['read', 'submit'])}`);
    await page.waitForURL(`${web.origin}/`);
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ name: 'stageflow_session', httpOnly: true, sameSite: 'Strict' });
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('by keyboard, from a screen that wants it, and back to that screen with its query', async () => {
    const { context, page, trouble } = await web.visit('/playground?from=mail');
    expect(new URL(page.url()).pathname).toBe('/signin');
    // The field has the focus already.
    await page.keyboard.type('sf_wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'This token is not known here' }).waitFor();
    expect(trouble.splice(0).filter((line) => !line.includes('401'))).toEqual([]);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(web.server.token(['read', 'submit']));
    await page.keyboard.press('Enter');
    await page.waitForURL(`${web.origin}/playground?from=mail`);
    await page.getByRole('main').waitFor();
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('is not asked for again by a link on another site, although the cookie is not sent along', async () => {
    const { context, page } = await web.signedIn('/');
    const link = `<a href="${web.origin}/doctor">the doctor</a>`;
    const elsewhere = createServer((_, response) => response.setHeader('content-type', 'text/html').end(link));
    await new Promise<void>((resolve) => elsewhere.listen(0, 'localhost', resolve));
    // Another site for cookies: the name differs, not only the port.
    await page.goto(`http://localhost:${(elsewhere.address() as AddressInfo).port}/`);
    await page.getByRole('link', { name: 'the doctor' }).click();
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    expect(page.url()).toBe(`${web.origin}/doctor`);
    await context.close();
    elsewhere.close();
  });

  it('signs out of this browser, and says so when it could not', async () => {
    const { context, page } = await web.signedIn('/settings');
    const button = page.getByRole('button', { name: 'Sign out' });
    await button.waitFor();
    await context.setOffline(true);
    await button.press('Enter');
    await page.getByText('You are still signed in.').first().waitFor();
    await context.setOffline(false);
    await button.click();
    await page.waitForURL(`${web.origin}/signin`);
    await page.goto(`${web.origin}/settings`);
    expect(new URL(page.url()).pathname).toBe('/signin');
    await context.close();
  });
});

describe('the pages of the server', () => {
  it('allow scripts, styles, fonts and data of this server alone, nothing inline, no frame, no markup from text', async () => {
    for (const path of ['/signin', '/']) {
      const { context, page } = await web.signedIn(path);
      const policy = await page.evaluate(
        `fetch(location.href).then((answer) => answer.headers.get('content-security-policy'))`,
      );
      expect(policy).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
      );
      expect(await page.locator('script:not([src]), style, [style]').count()).toBe(0);
      await context.close();
    }
  });

  it('are asked for anew each time; what they load is compressed and kept for ever', async () => {
    const { context, page } = await web.signedIn('/');
    const headers = async (path: string) => {
      const answer = await context.request.get(`${web.origin}${path}`, { headers: { 'accept-encoding': 'br' } });
      return [answer.status(), answer.headers()['cache-control'], answer.headers()['content-encoding']];
    };
    expect(await headers('/')).toEqual([200, 'private, no-cache', 'br']);
    const script = await page.locator('script[src]').first().getAttribute('src');
    expect(await headers(script ?? '')).toEqual([200, 'public, max-age=31536000, immutable', 'br']);
    expect((await context.request.get(`${web.origin}/assets/none.js`)).status()).toBe(404);
    await context.close();
  });

  it('bring less than 200 KB of script and style before the first screen is there, gzipped', async () => {
    const { context, page } = await web.signedIn('/playground');
    await page.getByRole('main').waitFor();
    const names = (await page.evaluate(
      `performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => /\\.(js|css)$/.test(name))`,
    )) as string[];
    const { gzipSync } = await import('node:zlib');
    let bytes = 0;
    for (const name of names) bytes += gzipSync(await (await context.request.get(name)).body()).length;
    expect(names.length).toBeGreaterThan(2);
    expect(bytes).toBeLessThan(200_000);
    await context.close();
  });

  it('name the licence of every package and font that is in them', async () => {
    const { context } = await web.visit('/signin');
    const text = await (await context.request.get(`${web.origin}/notices.txt`)).text();
    for (const name of ['react-dom', 'lucide-react', 'zustand', '@fontsource/ibm-plex-sans'])
      expect(text).toContain(`${name} `);
    expect(text).toContain('SIL OPEN FONT LICENSE');
    await context.close();
  });
});
