import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLANTED, storeSharedJob } from '../server/shared-job.ts';
import { startWeb, type Web } from './web.ts';

let web: Web;
let jobId: string;
beforeAll(async () => {
  web = await startWeb({ pods: 'frozen' });
  jobId = await storeSharedJob(web.server);
});
afterAll(() => web?.close());

describe('sharing a report', () => {
  it('says what the link shows, makes it, opens it for a stranger without secrets, and takes it back', async () => {
    const { context, page, trouble } = await web.signedIn(`/scan/${jobId}/report`);
    await page.getByRole('button', { name: 'Share' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Share this report' });
    await dialog.getByText('1 finding on 1 page').waitFor();
    await dialog.getByText('No link opens this report now.').waitFor();
    await dialog.getByLabel('The link ends').selectOption('in 30 days');
    await dialog.getByRole('button', { name: 'Make the link' }).press('Enter');
    const address = (await dialog.getByText(/\/s\/[\w-]{43}$/).textContent()) ?? '';
    expect(address.startsWith(`${web.origin}/s/`)).toBe(true);
    const stranger = await web.visit(address.slice(web.origin.length));
    await stranger.page.getByRole('heading', { level: 1 }).waitFor();
    expect(await stranger.page.content()).not.toContain(PLANTED.token);
    await dialog.getByRole('button', { name: 'Take it back' }).press('Enter');
    const question = page.getByRole('dialog', { name: 'Take this link back?' });
    await question.getByText('Whoever has it sees nothing any more').waitFor();
    await question.getByRole('button', { name: 'Keep it' }).press('Enter');
    await dialog.getByRole('button', { name: 'Take it back' }).press('Enter');
    await question.getByRole('button', { name: 'Take it back' }).press('Enter');
    await dialog.getByText('No link opens this report now.').waitFor();
    expect((await stranger.page.reload())?.status()).toBe(404);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(trouble).toEqual([]);
    await Promise.all([context.close(), stranger.context.close()]);
  });

  it('is not offered to a token that only reads', async () => {
    const { context, page } = await web.signedIn(`/scan/${jobId}/report`, ['read']);
    await page.getByRole('link', { name: 'The run' }).waitFor();
    expect(await page.getByRole('button', { name: 'Share' }).count()).toBe(0);
    await context.close();
  });
});
