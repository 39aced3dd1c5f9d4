import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listener, listen } from '../../../server/listen/listen.ts';
import { startTestServer, type TestServer } from './harness.ts';
import { FILES, PLANTED, storeSharedJob } from './shared-job.ts';

const CHROMIUM = process.env['STAGEFLOW_TEST_CHROMIUM'] ?? '/usr/lib/chromium/chromium';

let server: TestServer;
let listener: Listener;
let origin: string;
let browser: Browser;
let url: string;
const referrers: string[] = [];

beforeAll(async () => {
  server = await startTestServer();
  const jobId = await storeSharedJob(server);
  const app = {
    fetch: (...[request, peer]: Parameters<TestServer['app']['fetch']>) => {
      const referrer = request.headers.get('referer');
      if (referrer !== null) referrers.push(referrer);
      return server.app.fetch(request, peer);
    },
  };
  const { config, clock, log } = server.services;
  listener = await listen({ app, config: { ...config, port: 0 }, clock, log });
  origin = `http://127.0.0.1:${listener.port}`;
  const made = await server.call(server.token(['submit']), 'POST', `/api/v1/jobs/${jobId}/shares`, {
    include: { raw: true },
  });
  ({ url } = (await made.json()) as { url: string });
  // Root may not use Chromium's sandbox; the page under test is our own.
  browser = await chromium.launch({
    executablePath: existsSync(CHROMIUM) ? CHROMIUM : execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim(),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await listener?.close(0);
  await server?.close();
});

/** Opens an address in a fresh browser; `trouble` gathers complaints and requests to anywhere else. */
async function visit(address: string) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const trouble: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => trouble.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('dialog', (dialog) => (trouble.push(`dialog ${dialog.message()}`), dialog.dismiss()));
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) asked.push(request.url());
  });
  await page.goto(address);
  return { context, page, trouble, asked };
}

describe('a share in a browser', () => {
  it('L6 shows the redacted report and its pictures, with no complaint, no cookie and no third party', async () => {
    const { context, page, trouble, asked } = await visit(`${origin}${url}`);
    await page.getByRole('heading', { level: 1, name: '1 things to fix on 1 page.' }).waitFor();
    await page.getByRole('link', { name: 'Images must have an alternative text' }).click();
    await page.getByText('[redacted e-mail]').first().waitFor();
    for (const secret of Object.values(PLANTED)) expect(await page.content()).not.toContain(secret);
    const widths = () =>
      page
        .locator('img')
        .evaluateAll((all) => all.map((img) => (img as unknown as { naturalWidth: number }).naturalWidth));
    await page.locator('img').first().waitFor();
    await expect.poll(widths).toContain(1);
    expect(await widths()).not.toContain(0);
    expect(trouble).toEqual([]);
    expect(asked.filter((address) => !address.startsWith(`${origin}/s/`))).toEqual([]);
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });

  it('L6 fetches evidence that is not inside the page from its own address', async () => {
    const { context, page, trouble } = await visit(`${origin}${url}`);
    const picture = `${url.slice(3)}/a/${Object.keys(FILES)[0]}`;
    const width = await page.evaluate(
      `new Promise((done) => { const img = new Image(); img.onload = () => done(img.naturalWidth); img.onerror = () => done(0); img.src = ${JSON.stringify(picture)}; })`,
    );
    expect([width, trouble, referrers]).toEqual([1, [], []]);
    await context.close();
  });

  it('L6 has no origin of ours: a script in it reaches neither cookies nor the interface', async () => {
    const { context, page } = await visit(`${origin}${url}`);
    expect(await page.evaluate('self.origin')).toBe('null');
    expect(await page.evaluate(`fetch('/api/v1/session').then(() => 'reached', () => 'blocked')`)).toBe('blocked');
    await context.close();
  });

  it('L6 saves hostile evidence and never opens it', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const html = Object.keys(FILES).find((path) => path.endsWith('.html'));
    const download = page.waitForEvent('download');
    await page.goto(`${origin}${url}/a/${html}`).catch(() => {});
    expect((await download).suggestedFilename()).toBe('lighthouse.html');
    await context.close();
  });

  it('says calmly that there is nothing at a link that opens nothing', async () => {
    const { context, page, trouble } = await visit(`${origin}/s/${'A'.repeat(43)}`);
    await page.getByRole('heading', { level: 1, name: 'There is nothing at this link' }).waitFor();
    expect(trouble.filter((line) => !line.includes('404'))).toEqual([]);
    await context.close();
  });
});
