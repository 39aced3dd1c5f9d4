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

  it('give the screens a theme whatever the system says, the sign-in page too', async () => {
    const { context, page, trouble } = await web.signedIn('/settings');
    const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    await page.getByRole('radio', { name: 'Dark' }).check();
    const dark = 'rgb(15, 18, 20)';
    expect(await ground()).toBe(dark);
    await page.reload();
    await page.getByRole('radio', { name: 'Dark' }).waitFor();
    expect(await ground()).toBe(dark);
    await page.goto(`${web.origin}/signin`);
    expect(await ground()).toBe(dark);
    await page.goto(`${web.origin}/settings`);
    await page.getByRole('radio', { name: 'As the system says' }).check();
    expect(await ground()).toBe('rgb(251, 251, 250)');
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('make a webhook, show its secret once, test it, show what it was told, and remove it', async () => {
    const { context, page, trouble } = await web.signedIn('/settings');
    const address = 'https://ci.example/hook';
    await page.getByLabel('Address').fill(address);
    await page.getByLabel('Is told').selectOption('when a run has failed');
    await page.getByRole('button', { name: 'Make a webhook' }).press('Enter');
    await page.getByText(/^whsec_/).waitFor();
    await page.getByRole('button', { name: 'I have it' }).click();
    expect(await page.getByText(/^whsec_/).count()).toBe(0);
    await page.getByText('when a run has failed · made').waitFor();
    await page.getByRole('button', { name: `Send a test to ${address}` }).press('Enter');
    await page.getByRole('list', { name: 'Messages' }).getByText('webhook.test').waitFor();
    await page.getByRole('button', { name: `Change the secret of ${address}` }).press('Enter');
    const question = page.getByRole('dialog', { name: 'Change the secret of this webhook?' });
    await question.getByText('for a day, with the old one too').waitFor();
    await question.getByRole('button', { name: 'Change the secret' }).press('Enter');
    await page.getByText(/^whsec_/).waitFor();
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('button', { name: `Remove ${address}` }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).press('Enter');
    await page.getByRole('button', { name: `Remove ${address}` }).waitFor({ state: 'detached' });
    expect(trouble).toEqual([]);
    await context.close();
  });
});
