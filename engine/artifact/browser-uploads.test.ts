import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { allowBrowserUploads } from './browser-uploads.ts';

const ORIGIN = 'https://scan.example.org';
const failure = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`;

/** A store that has no rules, or one of its owner's, and answers a browser's question with `headers`. */
async function storeOf(rules: string | null, headers: Record<string, string>) {
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    const what = `${request.method} ${new URL(request.url ?? '', 'http://x').pathname}`;
    asked.push(what);
    request.resume();
    if (request.method === 'OPTIONS') answer.writeHead(200, headers).end();
    else if (request.method === 'GET' && rules !== null) answer.writeHead(200).end(rules);
    else answer.writeHead(501, { 'content-type': 'application/xml' }).end(failure('NotImplemented'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keys = (name: string) => ({ accessKey: name, secretKey: 'secretsecret' });
  const settings = { endpoint, publicUrl: endpoint, region: 'eu-1', ...keys('own'), share: null, upload: keys('up') };
  return { settings, asked };
}

const open = (origin: string) => ({
  'access-control-allow-origin': origin,
  'access-control-allow-methods': 'GET, PUT',
  'access-control-allow-headers': 'Content-Type',
});

it.each([
  ['says nothing to browsers', {}, false],
  ['takes them from every origin', open('*'), true],
  ['takes them from our pages', open(ORIGIN), true],
  ['takes them from the pages of others', open('https://else.example'), false],
  ['lets pages only read', { ...open('*'), 'access-control-allow-methods': 'GET' }, false],
])('a store without such rules that %s', async (_, headers, offered) => {
  const { settings } = await storeOf(null, headers);
  expect(await allowBrowserUploads(settings, ORIGIN)).toBe(offered);
});

it('rules of the bucket’s owner are left as they are', async () => {
  const { settings, asked } = await storeOf(
    '<CORSConfiguration><CORSRule><ID>theirs</ID></CORSRule></CORSConfiguration>',
    {},
  );
  expect(await allowBrowserUploads(settings, ORIGIN)).toBe(false);
  expect(asked.filter((what) => what.startsWith('PUT'))).toEqual([]);
});

it('a store that is down is told as such', async () => {
  const { settings } = await storeOf(null, {});
  const down = { ...settings, endpoint: 'http://127.0.0.1:1' };
  await expect(allowBrowserUploads(down, ORIGIN)).rejects.toMatchObject({ code: 'store_failed' });
});
