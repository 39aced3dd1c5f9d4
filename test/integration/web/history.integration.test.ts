import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWeb, type Web } from './web.ts';
import { wideJob } from './wide-job.ts';

let web: Web;
beforeAll(async () => {
  web = await startWeb({ pods: 'frozen' });
});
afterAll(() => web?.close());

describe('all runs', () => {
  it('say what to do while there are none, then appear as they are made and go on by themselves', async () => {
    const { context, page, trouble } = await web.signedIn('/');
    await page.getByRole('link', { name: 'Start the first scan' }).waitFor();
    const job = await wideJob(web.server, 'Spring');
    const row = page.getByRole('row', { name: /Spring/ });
    await row.getByText('Scanning').waitFor();
    job.load(0);
    job.leave(0);
    job.end();
    await row.getByText('Done').waitFor();
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('are searched; the words stand in the address and hold when it is opened again', async () => {
    await wideJob(web.server, 'Summer');
    const { context, page } = await web.signedIn('/');
    await page.getByRole('row', { name: /Summer/ }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('summer');
    await page.getByRole('row', { name: /Spring/ }).waitFor({ state: 'detached' });
    await page.reload();
    await page.getByRole('row', { name: /Summer/ }).waitFor();
    expect(await page.getByRole('row', { name: /Spring/ }).count()).toBe(0);
    await page.getByRole('searchbox').fill('nothing like it');
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByRole('row', { name: /Spring/ }).waitFor();
    await context.close();
  });

  it('are removed after a question, by keyboard, and are gone', async () => {
    const job = await wideJob(web.server, 'Autumn');
    job.end();
    const { context, page, trouble } = await web.signedIn('/');
    await page.getByRole('button', { name: 'Remove Autumn' }).press('Enter');
    const question = page.getByRole('dialog', { name: 'Remove the run of Autumn?' });
    await question.waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Remove Autumn' }).press('Enter');
    await question.getByRole('button', { name: 'Remove' }).press('Enter');
    await page.getByRole('row', { name: /Autumn/ }).waitFor({ state: 'detached' });
    expect(web.server.ledger.job(job.id)).toBeNull();
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('are compared two by two', async () => {
    for (const label of ['First', 'Second']) (await wideJob(web.server, label)).end();
    const { context, page } = await web.signedIn('/');
    await page.getByRole('checkbox', { name: /^Mark First/ }).check();
    await page.getByText('Mark one more to compare.').waitFor();
    await page.getByRole('checkbox', { name: /^Mark Second/ }).check();
    const link = await page.getByRole('link', { name: 'Compare the two' }).getAttribute('href');
    const ids = [...new URLSearchParams(link?.split('?')[1]).values()];
    expect(ids).toEqual(ids.toSorted());
    await context.close();
  });
});
