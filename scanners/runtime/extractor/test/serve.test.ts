import { request, type IncomingHttpHeaders } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serveSite, type ServedSite } from '../serve/index.ts';
import { buildSite } from './build.ts';

const css = 'p { color: red }\n'.repeat(200);
const html = '<!doctype html><title>home</title>';
const FILES = {
  'dist/index.html': html,
  'dist/style.css': css,
  'dist/a.mjs': 'export {}',
  'dist/site.webmanifest': '{}',
  'dist/x.svg': '<svg/>',
  'dist/x.woff2': 'wOF2',
  'dist/x.wasm': '\u0000asm',
  'dist/noext': 'x',
  'dist/empty.txt': '',
  'dist/data.bin': Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256)),
  'dist/404.html': 'missing',
  'dist/_headers': [
    '/*',
    '  X-Frame-Options: DENY',
    "  Content-Security-Policy: default-src 'self'",
    '  Set-Cookie: a=1',
    '  Set-Cookie: b=2',
    '  Server: evil',
    '  X-Stageflow-File: lie',
    '  Bad Header: x',
    '/style.css',
    '  Cache-Control: max-age=60',
    '  X-Frame-Options: SAMEORIGIN',
    '/noext',
    '  ! X-Frame-Options',
    '  Content-Type: text/x-own',
  ].join('\n'),
  'dist/_redirects': '/old /style.css 302',
};

let served: ServedSite;
let remove: () => void;
beforeAll(async () => {
  const built = buildSite(FILES);
  remove = built.remove;
  served = await serveSite(built.site, 0);
});
afterAll(async () => {
  await served.close();
  remove();
});

interface Got {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A bare client: nothing is decoded, followed or normalised. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: served.port, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    })
      .on('error', reject)
      .end();
  });
}

describe('answers', () => {
  test.each([
    ['/', 'text/html; charset=utf-8'],
    ['/style.css', 'text/css; charset=utf-8'],
    ['/a.mjs', 'text/javascript; charset=utf-8'],
    ['/site.webmanifest', 'application/manifest+json; charset=utf-8'],
    ['/x.svg', 'image/svg+xml; charset=utf-8'],
    ['/x.woff2', 'font/woff2'],
    ['/x.wasm', 'application/wasm'],
    ['/data.bin', 'application/octet-stream'],
  ])('%s is sent as %s', async (path, type) => expect((await get(path)).headers['content-type']).toBe(type));

  test('exactly the declared headers are sent, plus neutral ones', async () => {
    const { status, headers, body } = await get('/');
    expect([status, body.toString()]).toEqual([200, html]);
    const { date, connection, etag, ...rest } = headers;
    expect([typeof date, connection, etag]).toEqual([
      'string',
      'close',
      expect.stringMatching(/^"[0-9a-f]+-[0-9a-f]+"$/),
    ]);
    expect(rest).toEqual({
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'self'",
      'set-cookie': ['a=1', 'b=2'],
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(html.length),
      'accept-ranges': 'bytes',
      vary: 'accept-encoding',
      'x-stageflow-file': 'dist%2Findex.html',
    });
  });

  test('headers of several rules are joined, and a rule may take one away', async () => {
    expect((await get('/style.css')).headers).toMatchObject({
      'x-frame-options': 'DENY, SAMEORIGIN',
      'cache-control': 'max-age=60',
    });
    const { headers } = await get('/noext');
    expect(headers['x-frame-options']).toBeUndefined();
    expect(headers['content-type']).toBe('text/x-own');
  });

  test('a redirect bears no declared header', async () => {
    const { status, headers } = await get('/old');
    expect([status, headers.location, headers['x-frame-options']]).toEqual([302, '/style.css', undefined]);
  });

  test('a missing page gets 404.html with its status, the declared headers and its own file', async () => {
    const { status, headers, body } = await get('/nope/x');
    expect([status, body.toString(), headers['x-frame-options'], headers['x-stageflow-file']]).toEqual([
      404,
      'missing',
      'DENY',
      'dist%2F404.html',
    ]);
  });

  test('only GET and HEAD are known', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const { status, headers } = await get('/', {}, method);
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
    }
    const head = await get('/style.css', {}, 'HEAD');
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, String(css.length), 0]);
  });

  test('any host and the absolute form give the site', async () => {
    expect((await get('/', { host: 'shop.example' })).status).toBe(200);
    expect((await get('http://shop.example/style.css')).status).toBe(200);
    expect((await get('http://shop.example')).body.toString()).toBe(html);
    expect((await get('http://shop.example?x=1')).body.toString()).toBe(html);
  });

  test('an empty file is an empty answer', async () => {
    expect(await get('/empty.txt')).toMatchObject({
      status: 200,
      headers: { 'content-length': '0' },
      body: { length: 0 },
    });
  });

  test('hostile targets are answered and break nothing', async () => {
    for (const path of [
      '/%',
      '/%00',
      '/..%2f..%2fetc/passwd',
      '/\\..\\..',
      '//',
      '/?%%%',
      `/${'a'.repeat(8000)}`,
      '/%2e%2e/',
      '/;x',
      '/_headers',
    ]) {
      expect([400, 404, 200]).toContain((await get(path)).status);
    }
    expect((await get('/_headers')).body.toString()).toBe('missing');
  });
});

describe('what a client may ask for', () => {
  test('text is compressed, the same bytes each time, under a tag of its own', async () => {
    const br = await get('/style.css', { 'accept-encoding': 'gzip, deflate, br' });
    const gz = await get('/style.css', { 'accept-encoding': 'gzip, br;q=0' });
    const plain = await get('/style.css', { 'accept-encoding': 'identity' });
    expect([br.headers['content-encoding'], gz.headers['content-encoding'], plain.headers['content-encoding']]).toEqual(
      ['br', 'gzip', undefined],
    );
    expect(brotliDecompressSync(br.body).toString()).toBe(css);
    expect(gunzipSync(gz.body).toString()).toBe(css);
    expect(new Set([br, gz, plain].map(({ headers }) => headers.etag)).size).toBe(3);
    expect((await get('/style.css', { 'accept-encoding': 'br' })).body.equals(br.body)).toBe(true);
    expect((await get('/x.woff2', { 'accept-encoding': 'br' })).headers['content-encoding']).toBeUndefined();
  });

  test('a known tag gives 304 without a body', async () => {
    const { headers } = await get('/style.css');
    const again = await get('/style.css', { 'if-none-match': `"x", W/${String(headers.etag)}` });
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
    expect((await get('/style.css', { 'if-none-match': '"other"' })).status).toBe(200);
  });

  test.each<[string, number, string | undefined, number]>([
    ['bytes=0-9', 206, 'bytes 0-9/1000', 10],
    ['bytes=990-', 206, 'bytes 990-999/1000', 10],
    ['bytes=-5', 206, 'bytes 995-999/1000', 5],
    ['bytes=990-5000', 206, 'bytes 990-999/1000', 10],
    ['bytes=-5000', 206, 'bytes 0-999/1000', 1000],
    ['bytes=1000-', 416, 'bytes */1000', 22],
    ['bytes=-0', 416, 'bytes */1000', 22],
    ['bytes=9-3', 200, undefined, 1000],
    ['bytes=0-1,4-5', 200, undefined, 1000],
    ['lines=1-2', 200, undefined, 1000],
    ['bytes=-', 200, undefined, 1000],
  ])('range %s gives %i', async (range, status, contentRange, length) => {
    const got = await get('/data.bin', { range });
    expect([got.status, got.headers['content-range'], got.body.length]).toEqual([status, contentRange, length]);
    if (status === 206) expect(got.body[0]).toBe(Number(/bytes (\d+)/.exec(contentRange ?? '')?.[1]) % 256);
  });

  test('a connection is kept and a client that leaves harms no other', async () => {
    const gone = request({ host: '127.0.0.1', port: served.port, path: '/style.css' });
    gone.on('error', () => {});
    gone.end();
    gone.destroy();
    expect((await get('/')).status).toBe(200);
  });
});
