import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ZipFile } from 'yazl';
import { startWeb, type Web } from './web.ts';

let web: Web;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web?.close());

async function zipOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('a new scan', () => {
  it('of addresses starts by keyboard alone, runs, and leads to its report', async () => {
    const { context, page, trouble } = await web.signedIn('/playground', ['submit', 'read']);
    await page.getByRole('textbox', { name: 'Addresses' }).waitFor();
    await page.keyboard.type('shop.example');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/\/scan\/[0-9a-z]{26}$/);
    await page.getByRole('heading', { level: 2, name: /^Scanned 3 pages/ }).waitFor();
    await page.getByRole('link', { name: 'Open the report' }).click();
    await page.waitForURL(/\/report$/);
    await page.getByRole('navigation', { name: 'Report' }).getByRole('link', { name: 'Coverage' }).click();
    await page.getByRole('heading', { level: 1, name: 'Coverage' }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'The run' }).click();
    await page.waitForURL(/\/scan\/[0-9a-z]{26}$/);
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('is done again for one cell, by a run of its own that takes over the rest', async () => {
    const { context, page, trouble } = await web.signedIn('/playground', ['submit', 'read']);
    await page.getByRole('textbox', { name: 'Addresses' }).fill('shop.example');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { level: 2, name: /^Scanned 3 pages/ }).waitFor();
    const first = page.url();
    await page.getByRole('grid').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Scan this cell again' }).press('Enter');
    await page.waitForURL((url) => url.href !== first);
    await page.getByRole('heading', { level: 2, name: /^Scanned 3 pages/ }).waitFor();
    const view = web.server.engine.view(page.url().split('/').at(-1) ?? '');
    const cells = view?.pages.flatMap((one) => one.cells) ?? [];
    expect(cells.filter(({ adoptedFrom }) => adoptedFrom === null).length).toBe(1);
    expect(cells.length).toBeGreaterThan(3);
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('says on which line something is wrong, and does not start', async () => {
    const { context, page, trouble } = await web.signedIn('/playground', ['submit', 'read']);
    await page.getByRole('textbox', { name: 'Addresses' }).fill('shop.example\nftp://shop.example');
    await page.getByText('Line 2 begins with ftp:, not http: or https:.').waitFor();
    await page.getByRole('button', { name: 'Start scan' }).click();
    await page.locator('#why', { hasText: 'Line 2 cannot be used.' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/playground');
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('wants a module, and tells what each costs', async () => {
    const { context, page } = await web.signedIn('/playground', ['submit', 'read']);
    await page.getByRole('textbox', { name: 'Addresses' }).fill('shop.example');
    await page.getByLabel('Most pages').fill('100');
    await page.getByText('For up to 100 pages').waitFor();
    for (const box of await page.getByRole('group', { name: 'Modules' }).getByRole('checkbox').all())
      await box.uncheck();
    await page.getByText('Choose at least one module.').waitFor();
    await page.getByRole('checkbox', { name: /Accessibility/ }).check();
    await page
      .getByText(/Takes up to 3 min: .* to load the pages, and what the chosen modules add\. Runs on this server/)
      .waitFor();
    await context.close();
  });

  it('takes what is pasted anywhere', async () => {
    const { context, page } = await web.signedIn('/playground', ['submit', 'read']);
    await page.getByRole('textbox', { name: 'Addresses' }).waitFor();
    await page.getByRole('heading', { level: 1, name: 'New scan' }).click();
    await page.evaluate(`(() => {
      const data = new DataTransfer();
      data.setData('text/plain', 'one.example\\ntwo.example');
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    })()`);
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Addresses' }).inputValue())
      .toBe('one.example\ntwo.example');
    await context.close();
  });

  it('looks into an archive before it is sent, sends it, and unpacks it first', async () => {
    const { context, page, trouble } = await web.signedIn('/playground', ['submit', 'read']);
    const buffer = await zipOf({ 'index.html': '<h1>Shop</h1>', 'a.html': 'a', _headers: '/*' });
    await page
      .getByLabel('File', { exact: true })
      .setInputFiles({ name: 'büro & co.zip', mimeType: 'application/zip', buffer });
    await page.getByText('Served as told by').waitFor();
    await page.getByText('For 2 pages').waitFor();
    await page.getByRole('button', { name: 'Start scan' }).click();
    await page.waitForURL(/\/scan\/[0-9a-z]{26}$/);
    await page.getByRole('list', { name: 'Steps of the run' }).getByText('Unpacking').waitFor();
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('signs in with a storage state, cookies and headers, and shows none of them again', async () => {
    const { context, page, trouble } = await web.signedIn('/playground', ['submit', 'read']);
    await page.getByRole('textbox', { name: 'Addresses' }).fill('shop.example');
    await page.getByText('More:').click();
    const state = (text: string) =>
      page
        .getByLabel('File of a storage state')
        .setInputFiles({ name: 'state.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await state('{"neither": []}');
    await page.getByRole('region', { name: 'Notices' }).getByText('state.json is not what Playwright').waitFor();
    const storageState = {
      cookies: [{ name: 'sid', value: 'hush', domain: 'shop.example', path: '/' }],
      origins: [{ origin: 'https://shop.example', localStorage: [{ name: 'who', value: 'ada' }] }],
    };
    await state(JSON.stringify(storageState));
    await page.getByText('state.json: 1 cookie and local storage of 1 origin').waitFor();
    await page.getByRole('textbox', { name: 'Cookies' }).fill('preview=on');
    await page.getByRole('textbox', { name: 'Headers' }).fill('X-Preview: on');
    const sent = page.waitForRequest((request) => request.method() === 'POST');
    await page.keyboard.press('Control+Enter');
    expect(((await sent).postDataJSON() as { access: unknown }).access).toEqual({
      headers: { 'X-Preview': 'on' },
      cookies: [{ name: 'preview', value: 'on' }],
      storageState,
    });
    await page.waitForURL(/\/scan\/[0-9a-z]{26}$/);
    await page.getByRole('link', { name: 'Scan', exact: true }).click();
    await page.getByText('More:').click();
    expect(await page.getByRole('textbox', { name: 'Cookies' }).inputValue()).toBe('');
    expect(await page.getByText('local storage of').count()).toBe(0);
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('greys out what only Lighthouse obeys while Lighthouse is not chosen', async () => {
    const { context, page } = await web.signedIn('/playground', ['submit', 'read']);
    const runs = page.getByLabel('Lighthouse runs a page');
    const chosen = page.getByRole('checkbox', { name: /^Lighthouse/ });
    expect(await runs.isEnabled()).toBe(true);
    await chosen.uncheck();
    expect([await runs.isEnabled(), await page.getByRole('radio', { name: 'every page' }).isEnabled()]).toEqual([
      false,
      false,
    ]);
    await chosen.check();
    expect(await runs.isEnabled()).toBe(true);
    await context.close();
  });

  it('takes a ZIP that is dropped anywhere in the window, and refuses what is none in a sentence', async () => {
    const { context, page } = await web.signedIn('/playground', ['submit', 'read']);
    await page.getByRole('textbox', { name: 'Addresses' }).waitFor();
    const notices = page.getByRole('region', { name: 'Notices' });
    const drop = (name: string, text: string) =>
      page.evaluate(
        `(() => {
          const data = new DataTransfer();
          data.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}, { type: 'application/octet-stream' }));
          document.querySelector('h1').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        })()`,
      );
    // The window listens a moment after it shows its fields: nobody drops that soon, but a test does.
    await vi.waitFor(
      async () => {
        await drop('photo.png', 'x');
        await notices.getByText('photo.png is no ZIP and no list of addresses.').first().waitFor({ timeout: 2000 });
      },
      { timeout: 30_000 },
    );
    await drop('broken.zip', 'no archive');
    await notices.getByText('broken.zip is no ZIP archive. Pack the build folder again.').waitFor();
    await drop('list.txt', 'https://one.example');
    await expect.poll(() => page.getByRole('textbox', { name: 'Addresses' }).inputValue()).toBe('https://one.example');
    await context.close();
  });

  it('tells what the server refuses, with what to do next', async () => {
    const { context, page } = await web.signedIn('/playground', ['submit', 'read']);
    await page.getByRole('textbox', { name: 'Addresses' }).fill('http://10.0.0.1/');
    await page.keyboard.press('Control+Enter');
    await page.getByText('private address').waitFor();
    await page.getByRole('alert').getByText('Such addresses are not scanned').waitFor();
    await context.close();
  });

  it('keeps what was typed while another screen is looked at', async () => {
    const { context, page } = await web.signedIn('/playground', ['submit', 'read']);
    await page.getByRole('textbox', { name: 'Addresses' }).fill('shop.example');
    await page.getByRole('link', { name: 'Runs' }).click();
    await page.getByRole('link', { name: 'Scan', exact: true }).click();
    expect(await page.getByRole('textbox', { name: 'Addresses' }).inputValue()).toBe('shop.example');
    await context.close();
  });

  it('is not offered to a token that only reads', async () => {
    const { context, page } = await web.signedIn('/playground', ['read']);
    await page.getByRole('heading', { level: 1, name: 'Your token only reads' }).waitFor();
    await context.close();
  });
});
