import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { allowBrowserUploads, createUploadSigner, S3Store } from '../../../engine/artifact/index.ts';
import { systemClock } from '../../../engine/kernel/index.ts';
import { startWeb } from '../web/web.ts';
import { type ObjectServer, withObjectServers } from './object-server.ts';

const CHROMIUM = process.env['STAGEFLOW_TEST_CHROMIUM'] ?? '/usr/lib/chromium/chromium';
const JOB = '01j9z3k4m5n6p7q8r9s0t1v2w3';
const ARCHIVE = 'PK an archive';
const ANNOUNCED = { size: ARCHIVE.length, sha256: createHash('sha256').update(ARCHIVE).digest('hex') };

async function zipOf(text: string): Promise<Buffer> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(text), 'index.html');
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A server whose pages are of an origin of their own. */
async function pages(): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<title>x</title>'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

await withObjectServers('uploads from a browser', (start, kind) => {
  let store: ObjectServer;
  let browser: Browser;
  let ours: Awaited<ReturnType<typeof pages>>;
  let others: Awaited<ReturnType<typeof pages>>;
  beforeAll(async () => {
    [ours, others] = [await pages(), await pages()];
    store = await start();
    await new S3Store(store.settings).prepare();
    // Root may not use Chromium's sandbox; the pages are our own.
    browser = await chromium.launch({
      executablePath: existsSync(CHROMIUM)
        ? CHROMIUM
        : execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim(),
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    for (const one of [ours, others]) one?.server.close();
    await store?.stop();
  });

  /** What a page of `origin` sees when it sends an announced archive. */
  const sendFrom = async (origin: string, name: string) => {
    const upload = createUploadSigner(store.settings, systemClock)?.archive(JOB, name, ANNOUNCED);
    const page = await browser.newPage();
    try {
      await page.goto(origin);
      return await page.evaluate(
        async ([url = '', body = '']) => {
          const headers = { 'content-type': 'application/zip' };
          try {
            return (await fetch(url, { method: 'PUT', body, headers })).status;
          } catch {
            return 'refused by the browser';
          }
        },
        [upload?.url ?? '', ARCHIVE],
      );
    } finally {
      await page.close();
    }
  };
  const stored = async (name: string) =>
    (await new S3Store(store.settings).head('scanner-staging', `staging/${JOB}/${name}`))?.size;

  it('reach the store from a page of this server once it was asked to take them, and again after every start', async () => {
    expect(await allowBrowserUploads(store.settings, ours.origin)).toBe(true);
    expect(await sendFrom(ours.origin, 'a.zip')).toBe(200);
    expect(await stored('a.zip')).toBe(ARCHIVE.length);
    expect(await allowBrowserUploads(store.settings, ours.origin)).toBe(true);
    expect(await sendFrom(ours.origin, 'b.zip')).toBe(200);
  });

  // MinIO has no rules per bucket: it lets pages of every origin send what bears a signature.
  it.skipIf(kind === 'minio')('are refused to pages of other origins (MinIO takes them all)', async () => {
    await allowBrowserUploads(store.settings, ours.origin);
    expect(await sendFrom(others.origin, 'c.zip')).toBe('refused by the browser');
    expect(await stored('c.zip')).toBeUndefined();
  });

  it('are how the page of a new scan sends an archive where they are offered, and the job is made of it', async () => {
    let uploadOrigin: string | null = null;
    const web = await startWeb({
      store: new S3Store(store.settings),
      services: {
        uploadOrigin: () => uploadOrigin,
        uploadSigner: createUploadSigner(store.settings, systemClock),
      },
    });
    try {
      if (await allowBrowserUploads(store.settings, web.origin))
        uploadOrigin = new URL(store.settings.publicUrl).origin;
      expect(uploadOrigin).not.toBeNull();
      const { context, page, trouble } = await web.signedIn('/playground', ['submit', 'read']);
      const sent: string[] = [];
      page.on('request', (request) => {
        if (request.method() !== 'GET') sent.push(`${request.method()} ${new URL(request.url()).pathname}`);
      });
      await page.setInputFiles('input[type=file]', {
        name: 'dist.zip',
        mimeType: 'application/zip',
        buffer: await zipOf('<!doctype html><title>x</title>'),
      });
      await page.getByText('dist.zip').first().waitFor();
      await page.getByRole('button', { name: /^Start scan/ }).click();
      await page.waitForURL(/\/scan\/[0-9a-z]{26}$/);
      const id = page.url().split('/').at(-1) ?? '';
      const archive = `staging/${id}/dist.zip`;
      expect(sent.slice(0, 3)).toEqual([
        'POST /api/v1/uploads',
        `PUT /scanner-staging/${archive}`,
        'POST /api/v1/jobs/zip',
      ]);
      expect(await new S3Store(store.settings).head('scanner-staging', archive)).not.toBeNull();
      expect(web.server.ledger.job(id)?.spec.source).toMatchObject({ kind: 'zip', filename: 'dist.zip' });
      expect(trouble.filter((line) => !line.startsWith(`stranger ${uploadOrigin}/scanner-staging/`))).toEqual([]);
      await context.close();
    } finally {
      await web.close();
    }
  });

  it('are not offered without a key for uploads', async () => {
    expect(await allowBrowserUploads({ ...store.settings, upload: null }, ours.origin)).toBe(false);
  });
});
