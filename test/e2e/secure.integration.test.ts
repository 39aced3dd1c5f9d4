import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHome, leftovers } from './cli.ts';
import { serveSite, type SiteServer } from './site-server.ts';
import { makeCertificates } from './support/certificate.ts';
import { found, pageEnds, scan, unpacked } from './support/scan.ts';
import { type SecureAnswer, type SecureServer, serveSecurely } from './support/secure-server.ts';

const GOOD = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'content-security-policy':
    "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cross-origin-opener-policy': 'same-origin',
};
const { 'strict-transport-security': _, ...WITHOUT_HSTS } = GOOD;
const page = (title: string, body: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><main><h1>${title}</h1>${body}</main></body></html>`;

// Plain addresses lead to a name that never resolves (RFC 6761): nothing leaves the machine.
const PLAIN = 'http://static.shop.invalid';
const BROKEN: Record<string, SecureAnswer> = {
  '/': {
    headers: { ...GOOD, 'strict-transport-security': 'max-age=86400', 'set-cookie': 'basket=1; Path=/; SameSite=Lax' },
    body: page(
      'Mugs and plates',
      `<p><a href="/order">Order</a> <a href="/about">About</a></p><script src="${PLAIN}/app.js"></script>`,
    ),
  },
  '/order': {
    headers: { ...WITHOUT_HSTS, 'set-cookie': 'session=s3; Path=/; Secure' },
    body: page(
      'Order form',
      `<img alt="A mug" src="${PLAIN}/mug.png"><form action="${PLAIN}/order" method="post"><label>Name <input name="name"></label><button>Send</button></form>`,
    ),
  },
  '/about': {
    headers: { ...GOOD, 'strict-transport-security': 'includeSubDomains; max-age=a-year' },
    body: page('About the pottery', '<p>Two wheels and one kiln.</p>'),
  },
};
const BROKEN_FOUND = [
  'fail cookie-not-httponly /order',
  'fail cookie-not-secure /',
  'fail cookie-samesite-missing /order',
  'fail form-insecure-action /order',
  'fail hsts-invalid /about',
  'fail hsts-missing /order',
  'fail hsts-short-max-age /',
  'fail mixed-content-active /',
  'fail mixed-content-passive /order',
  'fail sri-missing-script /',
  'fail tls-old-protocol _site',
];
const SOUND: Record<string, SecureAnswer> = {
  '/': {
    headers: { ...GOOD, 'set-cookie': 'basket=1; Path=/; Secure; SameSite=Lax' },
    body: page('Mugs and plates', '<p><a href="/order">Order</a></p>'),
  },
  '/order': {
    headers: { ...GOOD, 'set-cookie': 'session=s3; Path=/; Secure; HttpOnly; SameSite=Lax' },
    body: page(
      'Order form',
      '<form action="/order" method="post"><label>Name <input name="name"></label><button>Send</button></form>',
    ),
  },
};

const home = createHome();
const certificates = makeCertificates(['shop.localhost'], {
  sound: { from: -1, to: 60 },
  ended: { from: -100, to: -2 },
  ending: { from: -80, to: 5 },
  short: { from: -2, to: 5 },
});
const env = { STAGEFLOW_TEST_TRUST: certificates.sound.trust };
const ALONE = { '/': { headers: GOOD, body: page('Mugs and plates', '<p>All are sold.</p>') } };
let broken: SecureServer;
let sound: SecureServer;
let plain: SiteServer;

beforeAll(async () => {
  [broken, sound] = await Promise.all([
    serveSecurely(certificates.sound, BROKEN, { oldTls: true }),
    serveSecurely(certificates.sound, SOUND),
  ]);
  plain = await serveSite(new Map(), () => ({
    status: 301,
    headers: { location: `https://shop.localhost:${sound.port}/` },
  }));
});
afterAll(async () => {
  await Promise.all([broken.close(), sound.close(), plain.close()]);
  home.dispose();
});

/** TLS as the security module saw it on each page. */
const tlsOf = (folder: string, ids: readonly string[]) =>
  ids.map((id) => unpacked(join(folder, `security-headers/cells/${id}.json.zst`)) as { tls: object });

describe('a site over TLS and HTTP/2', () => {
  it('is judged by what it promises: HSTS, cookies, mixed content, each exactly once', async () => {
    const authority = `shop.localhost:${broken.port}`;
    const { code, report, stderr, folder } = await scan(
      [`https://${authority}/`, '--allow-host', authority, '-m', 'security-headers', '--no-sitemap'],
      { home: home.path, env },
    );
    expect(code, stderr.slice(-2000)).toBe(0);
    expect(pageEnds(report)).toEqual({ '/': 'scanned', '/about': 'scanned', '/order': 'scanned' });
    expect(found(report, 'security-headers')).toEqual(BROKEN_FOUND);
    const tls = { protocol: expect.stringMatching(/^TLS 1\.3$/), issuer: 'Test root', subject: 'Test site' };
    for (const raw of tlsOf(
      folder,
      report.pages.map((one) => one.id),
    ))
      expect(raw.tls).toMatchObject(tls);
    expect([...broken.versions]).toContain('2.0');
  });

  it('gives nothing to fix when all is right, and a plain address that leads to it is that site', async () => {
    const authority = `shop.localhost:${sound.port}`;
    const { code, report, stderr } = await scan(
      [
        plain.origin,
        ...['--allow-host', plain.host, '--allow-host', authority],
        ...['-m', 'security-headers', '--no-sitemap', '--fail-on', 'info'],
      ],
      { home: home.path, env },
    );
    expect(found(report, 'security-headers')).toEqual([]);
    expect(code, stderr.slice(-2000)).toBe(0);
    expect(report.pages.map((one) => one.finalUrl)).toEqual([`https://${authority}/`, `https://${authority}/order`]);
    expect(leftovers(home.path)).toEqual([]);
  });
});

describe('the certificate of a site', () => {
  it.each([
    ['ended', ['fail tls-certificate-expired /']],
    ['ending', ['fail tls-certificate-expiring /']],
    ['short', []],
    ['sound', []],
  ] as const)('that is %s gives %o', async (name, expected) => {
    const server = await serveSecurely(certificates[name], ALONE);
    const authority = `shop.localhost:${server.port}`;
    const args = [`https://${authority}/`, '--allow-host', authority, '-m', 'security-headers', '--no-crawl'];
    const { report } = await scan(args, { home: home.path, env });
    await server.close();
    expect(found(report, 'security-headers')).toEqual(expected);
  });

  it('that no browser accepts leaves nothing to scan, and says why', async () => {
    const server = await serveSecurely(certificates.ended, ALONE);
    const authority = `shop.localhost:${server.port}`;
    const args = [`https://${authority}/`, '--allow-host', authority, '-m', 'security-headers', '--no-crawl'];
    const { code, report } = await scan(args, { home: home.path });
    await server.close();
    expect(code).toBe(4);
    expect(report.coverage.pages[0]).toMatchObject({ status: 'failed', code: 'page_failed' });
    expect(report.coverage.pages[0]?.reason).toMatch(/ERR_CERT_/);
  });
});

/** Only the usual ports have a plain address beside the secure one. */
let location = '';
const secure = await serveSecurely(certificates.sound, ALONE, { port: 443 }).catch(() => null);
const beside = await serveSite(new Map(), () => ({ status: 301, headers: { location } }), 80).catch(() => null);
afterAll(() => Promise.all([secure?.close(), beside?.close()]));
const free = secure !== null && beside !== null;

describe.runIf(free)('a site on ports 80 and 443', () => {
  const hosts = ['--allow-host', 'shop.localhost:443', '--allow-host', 'shop.localhost:80'];
  it.each([
    ['stays there', 'http://shop.localhost/mugs', ['fail http-not-redirected _site']],
    ['leads to the secure one', 'https://shop.localhost/', []],
  ])('whose plain address %s', async (_, target, expected) => {
    location = target;
    const args = ['https://shop.localhost/', ...hosts, '-m', 'security-headers', '--no-crawl'];
    const { report } = await scan(args, { home: home.path, env });
    expect(found(report, 'security-headers')).toEqual(expected);
  });
});

if (!free)
  it.skip('a site on ports 80 and 443 is not scanned: this user may not listen there, or someone else does', () => {});
