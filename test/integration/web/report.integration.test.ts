import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactKeys } from '../../../engine/artifact/index.ts';
import { renderJson } from '../../../engine/report/index.ts';
import { reportOf, storeSharedJob } from '../server/shared-job.ts';
import { startWeb, type Web } from './web.ts';
import { wideJob } from './wide-job.ts';

let web: Web;
let jobId: string;
beforeAll(async () => {
  web = await startWeb({ pods: 'frozen' });
  jobId = await storeSharedJob(web.server);
});
afterAll(() => web?.close());

const status = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();

describe('a report on the server', () => {
  it('lets a finding be set aside by keyboard, with a reason and an end, lists it, and counts it again', async () => {
    const title = reportOf(jobId).findings[0]?.title ?? '';
    const { context, page, trouble } = await web.signedIn(`/scan/${jobId}/report#/findings`);
    await page.getByRole('link', { name: title }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('i');
    await page.getByRole('textbox', { name: 'Reason' }).waitFor();
    await page.keyboard.type('The supplier mends it in spring');
    await page.getByLabel('How long').selectOption('for 30 days');
    await page.getByRole('button', { name: 'Set it aside' }).press('Enter');
    await status(page, 'no more from the next scan on');
    await page.getByRole('row', { name: /set aside/ }).waitFor();
    await page.getByRole('navigation', { name: 'Report' }).getByRole('link', { name: 'Set aside' }).click();
    await page.getByText('The supplier mends it in spring').waitFor();
    await page.getByRole('link', { name: title }).click();
    await page.getByText(/has set it aside until .*: The supplier mends it in spring/).waitFor();
    await page.goto(`${web.origin}/settings`);
    await page.getByRole('list', { name: 'Findings set aside' }).getByText('The supplier mends it in spring').waitFor();
    await page.goto(`${web.origin}/scan/${jobId}/report#/aside`);
    await page.getByRole('button', { name: `Count it again: ${title}` }).press('Enter');
    await page.getByText('the reason is forgotten').waitFor();
    await page.getByRole('button', { name: 'Yes, count it' }).press('Enter');
    await page.getByText('Nothing is.').waitFor();
    await page.goto(`${web.origin}/scan/${jobId}/report#/findings`);
    await page.getByRole('link', { name: title }).click();
    await page.getByRole('button', { name: 'Set aside' }).press('Enter');
    await page.getByRole('textbox', { name: 'Reason' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'Reason' }).waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Set aside');
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('keeps its own keys where the frame around it has the same ones', async () => {
    const address = `/scan/${jobId}/report#/findings`;
    const { context, page, trouble } = await web.signedIn(`${address}/${reportOf(jobId).findings[0]?.id}`);
    await page.getByRole('button', { name: 'Copy link' }).waitFor();
    await page.keyboard.press('c');
    await status(page, 'link');
    expect(new URL(page.url()).pathname).toBe(`/scan/${jobId}/report`);
    await page.goto(web.origin + address);
    const group = page.getByLabel('Group by');
    await group.waitFor();
    for (const [key, by] of [
      ['p', 'page'],
      ['n', 'none'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await expect.poll(() => group.inputValue()).toBe(by);
    }
    expect(new URL(page.url()).pathname).toBe(`/scan/${jobId}/report`);
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await sheet.getByText('next and previous finding').waitFor();
    await sheet.getByText('Share this report').waitFor();
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('only tells what is set aside to a token that only reads', async () => {
    const { context, page } = await web.signedIn(`/scan/${jobId}/report#/findings/${reportOf(jobId).findings[0]?.id}`, [
      'read',
    ]);
    await page.getByRole('link', { name: 'Set aside' }).waitFor();
    expect(await page.getByRole('button', { name: 'Set aside' }).count()).toBe(0);
    await context.close();
  });

  it('keeps a filter under a name in the browser, for every report, until it is forgotten', async () => {
    const { context, page, trouble } = await web.signedIn(`/scan/${jobId}/report#/findings?q=logo`);
    await page.getByRole('button', { name: 'Save this filter' }).press('Enter');
    await page.keyboard.type('Logos');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Forget “Logos”' }).waitFor();
    await page.goto(`${web.origin}/scan/${jobId}/report?again#/findings`);
    await page.getByLabel('Saved filters').selectOption('Logos');
    await expect.poll(() => new URL(page.url()).hash).toBe('#/findings?q=logo');
    await page.getByRole('button', { name: 'Forget “Logos”' }).press('Enter');
    await page.getByRole('button', { name: 'Bring it back' }).press('Enter');
    await page.getByRole('button', { name: 'Forget “Logos”' }).press('Enter');
    await page.getByRole('button', { name: 'Save this filter' }).waitFor();
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('shows how the site came out run by run, and so does the list of runs', async () => {
    const ids = [];
    for (const label of ['first', 'second']) {
      const job = await wideJob(web.server, label);
      job.end();
      const report = Buffer.from(renderJson(reportOf(job.id)));
      await web.server.engine.store.put('scanner-artifacts', artifactKeys.reportJson(job.id), report);
      ids.push(job.id);
    }
    const { context, page } = await web.signedIn(`/scan/${ids[1]}/report`);
    await page.getByRole('img', { name: /^Faults, run by run/ }).waitFor();
    await page.goto(`${web.origin}/?q=done`);
    await page.getByRole('img', { name: /^Faults, run by run/ }).waitFor();
    await context.close();
  });
});
