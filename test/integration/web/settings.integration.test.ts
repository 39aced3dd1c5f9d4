import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWeb, type Web } from './web.ts';

let web: Web;
beforeAll(async () => {
  web = await startWeb();
});
afterAll(() => web?.close());

describe('the settings', () => {
  it('make a token that signs a browser in, show it once, and revoke it: then that browser is out', async () => {
    const { context, page, trouble } = await web.signedIn('/settings');
    await page.getByLabel('Name').fill('Ada');
    await page.getByLabel('Team').fill('shop');
    await page.getByLabel('May').selectOption('Read only');
    await page.getByRole('button', { name: 'Make a token' }).press('Enter');
    const text = (await page.getByText(/^sf_[\w-]{43}$/).textContent()) ?? '';
    const ada = await web.visit(`/signin#${text}`);
    await ada.page.waitForURL(`${web.origin}/`);
    await ada.page.goto(`${web.origin}/settings`);
    await ada.page.getByText('Signed in to shop and allowed to read.').waitFor();
    expect(await ada.page.getByRole('heading', { name: 'Access tokens' }).count()).toBe(0);
    await page.getByRole('button', { name: 'I have it' }).click();
    expect(await page.getByText(text).count()).toBe(0);
    await page.getByRole('button', { name: 'Revoke Ada' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).press('Enter');
    await page.getByRole('button', { name: 'Revoke Ada' }).waitFor({ state: 'detached' });
    await ada.page.goto(`${web.origin}/`);
    expect(new URL(ada.page.url()).pathname).toBe('/signin');
    expect(trouble).toEqual([]);
    await Promise.all([context.close(), ada.context.close()]);
  });
});
