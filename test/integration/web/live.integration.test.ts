import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWeb, type Web } from './web.ts';
import { MODULES, wideJob } from './wide-job.ts';

let web: Web;
beforeAll(async () => {
  web = await startWeb({ pods: 'frozen' });
});
afterAll(() => web?.close());

describe('a run as it happens', () => {
  it('shows every page and cell as it ends, without asking again', async () => {
    const job = await wideJob(web.server, 'Shop');
    const { context, page, trouble } = await web.signedIn(`/scan/${job.id}`);
    await page.getByRole('heading', { level: 1, name: 'Shop' }).waitFor();
    await page
      .getByRole('listitem')
      .and(page.locator('[aria-current=step]', { hasText: 'Scanning' }))
      .waitFor();
    job.find(1, 3);
    job.load(1);
    await page.getByRole('row', { name: /page-1/ }).waitFor();
    job.cell(1, 0);
    await page.getByRole('gridcell', { name: '3 found, worst critical' }).waitFor();
    await page.getByText('Images must have an alternative text').waitFor();
    job.leave(1);
    await page.getByText('1 of 3 known').waitFor();
    job.end();
    await page.getByRole('heading', { level: 2, name: /^Scanned 1 page/ }).waitFor();
    await page.getByRole('link', { name: 'Open the report' }).waitFor();
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('is walked through by keyboard: arrows, Enter, and the focus back where it was', async () => {
    const job = await wideJob(web.server);
    job.find(1, 120);
    job.load(1);
    job.cell(1, 0);
    const { context, page, trouble } = await web.signedIn(`/scan/${job.id}`);
    const grid = page.getByRole('grid');
    await grid.focus();
    const active = () => grid.evaluate((one) => one.getAttribute('aria-activedescendant'));
    await page.keyboard.press('ArrowDown');
    await expect.poll(active).toBe('cell-1-0');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('no alt attribute').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate('document.activeElement.getAttribute("role")')).toBe('grid');
    await page.keyboard.press('Control+End');
    await expect.poll(active).toBe(`cell-119-${MODULES.length - 1}`);
    await page.getByRole('row', { name: /page-119/ }).waitFor();
    expect(await page.getByRole('row').count()).toBeLessThan(60);
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('says that the connection is lost and since when, and goes on without a gap', async () => {
    const job = await wideJob(web.server);
    const { context, page, trouble } = await web.signedIn(`/scan/${job.id}`);
    await page.getByRole('grid').waitFor();
    await web.outage(async () => {
      await page.getByText(/Reconnecting, last event \d/).waitFor();
      job.find(1, 5);
      job.load(4);
      job.cell(4, 0);
    });
    await page.getByRole('gridcell', { name: '4 found, worst serious' }).waitFor({ timeout: 60_000 });
    await page.getByText(/Reconnecting/).waitFor({ state: 'detached' });
    expect(trouble.filter((line) => !/ERR_CONNECTION|ERR_INCOMPLETE|failed |net::/.test(line))).toEqual([]);
    await context.close();
  });

  it('says that what was found cannot be read, and reads it when asked again', async () => {
    const job = await wideJob(web.server);
    job.find(1, 3);
    job.load(1);
    job.cell(1, 0);
    const { context, page } = await web.signedIn('/');
    const findings = '**/api/v1/jobs/*/findings*';
    await page.route(findings, (route) => route.abort());
    await page.goto(`${web.origin}/scan/${job.id}`);
    const said = page.getByRole('alert').filter({ hasText: 'What was found could not be read.' });
    await said.waitFor();
    await page.unroute(findings);
    await said.getByRole('button', { name: 'Try again' }).press('Enter');
    await page.getByText('Images must have an alternative text').waitFor();
    await context.close();
  });

  it('shows its log when asked, from its beginning and on', async () => {
    const job = await wideJob(web.server);
    job.load(0);
    const { context, page, trouble } = await web.signedIn(`/scan/${job.id}`);
    await page.getByRole('grid').waitFor();
    await page.keyboard.press('l');
    const log = page.getByRole('list', { name: 'Log of the run' });
    await log.getByText('Found https://shop.example/').waitFor();
    job.cell(0, 0);
    await log.getByText('axe looked at / in 0.4 s').waitFor();
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('is not there for a job that is not there, and says so', async () => {
    const { context, page } = await web.signedIn('/scan/01JAAAAAAAAAAAAAAAAAAAAAAA');
    await page.getByRole('alert').waitFor();
    await page.getByText('There is nothing at this address').waitFor();
    await context.close();
  });

  it('of 200 pages by six modules draws only the rows that can be seen, however much comes at once', async () => {
    const job = await wideJob(web.server);
    const { context, page, trouble } = await web.signedIn(`/scan/${job.id}`);
    await page.getByRole('grid').waitFor();
    job.find(1, 200);
    for (let n = 0; n < 200; n += 1) {
      job.load(n);
      for (let module = 0; module < MODULES.length; module += 1) job.cell(n, module);
      job.leave(n);
    }
    await page.getByText('200 of 200 known').waitFor();
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe('201');
    expect(await page.getByRole('row').count()).toBeLessThan(60);
    expect(await page.locator('*').count()).toBeLessThan(2000);
    expect(trouble).toEqual([]);
    await context.close();
  });
});

describe('acts on a run', () => {
  it('pauses, goes on and cancels by keyboard, and keeps what was found', async () => {
    const token = web.server.token(['submit', 'read']);
    const made = await web.server.call(token, 'POST', '/api/v1/jobs/url', { urls: ['https://shop.example'] });
    const { id } = (await made.json()) as { id: string };
    const { context, page, trouble } = await web.signedIn(`/scan/${id}`);
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.keyboard.press('p');
    await page.getByRole('button', { name: 'Go on' }).waitFor();
    await page.locator('[aria-current=step]', { hasText: 'Paused' }).waitFor();
    await page.keyboard.press('p');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.keyboard.press('x');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the run' }).press('Enter');
    await page.getByRole('heading', { level: 2, name: /^Cancelled after/ }).waitFor();
    await page.getByRole('button', { name: 'Scan again what is missing' }).waitFor();
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('of somebody else are seen at once: a pause, and the going on', async () => {
    const token = web.server.token(['submit', 'read']);
    const made = await web.server.call(token, 'POST', '/api/v1/jobs/url', { urls: ['https://shop.example'] });
    const { id } = (await made.json()) as { id: string };
    const { context, page, trouble } = await web.signedIn(`/scan/${id}`);
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await web.server.call(token, 'POST', `/api/v1/jobs/${id}/pause`);
    await page.locator('[aria-current=step]', { hasText: 'Paused' }).waitFor();
    await web.server.call(token, 'POST', `/api/v1/jobs/${id}/resume`);
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    expect(trouble).toEqual([]);
    await context.close();
  });

  it('are not offered to a token that only reads', async () => {
    const token = web.server.token(['submit', 'read'], 'team');
    const made = await web.server.call(token, 'POST', '/api/v1/jobs/url', { urls: ['https://shop.example'] });
    const { id } = (await made.json()) as { id: string };
    const { context, page } = await web.signedIn(`/scan/${id}`, ['read']);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.getByRole('button', { name: /Pause|Cancel/ }).count()).toBe(0);
    await context.close();
  });
});
