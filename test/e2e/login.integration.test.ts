import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHome, leftovers } from './cli.ts';
import { serveSite, type SiteServer } from './site-server.ts';
import { contents, pageEnds, scan, temporaryFolder } from './support/scan.ts';

// Values that occur nowhere else, so that finding one anywhere is a leak.
const SECRETS = {
  header: 'hdr-5fa1c0de77',
  cookie: 'ck-19b7e2aa40',
  user: 'usr-c3d4f1',
  password: 'pw-88e1d0b2f6',
  stateCookie: 'stc-0a6b5c4d3e',
  stateItem: 'sti-f00dbabe19',
};
const BASIC = Buffer.from(`${SECRETS.user}:${SECRETS.password}`).toString('base64');
const VALUES = [...Object.values(SECRETS), BASIC];

const html = (title: string, body: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><main><h1>${title}</h1>${body}</main></body></html>`;

const home = createHome();
const folder = temporaryFolder();
const foreignHeaders: string[] = [];
let site: SiteServer;
let foreign: SiteServer;

beforeAll(async () => {
  foreign = await serveSite(new Map(), ({ url, headers }) => {
    foreignHeaders.push(JSON.stringify(headers));
    return url.startsWith('/pixel')
      ? { status: 200, headers: { 'content-type': 'image/svg+xml' }, body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }
      : { status: 200, headers: { 'content-type': 'text/html' }, body: html('Elsewhere', '') };
  });
  const elsewhere = foreign.origin.replace('127.0.0.1', 'other.localhost');
  const page = { 'content-type': 'text/html; charset=utf-8' };
  site = await serveSite(new Map(), ({ url, headers }) => {
    const cookie = String(headers.cookie ?? '');
    const known =
      headers['x-preview-token'] === SECRETS.header &&
      headers.authorization === `Basic ${BASIC}` &&
      cookie.includes(`ticket=${SECRETS.cookie}`) &&
      cookie.includes(`member=${SECRETS.stateCookie}`);
    if (!known) return { status: 401, headers: page, body: html('Please sign in', '') };
    if (url === '/away') return { status: 302, headers: { location: `${elsewhere}/landing` } };
    if (url !== '/' && url !== '/members') return null;
    // Both pages have one structure, so that a sampling module looks at one of them.
    return {
      status: 200,
      headers: page,
      body: html(
        url === '/' ? 'Start' : 'Members',
        `<img alt="" src="${elsewhere}/pixel.svg"><p><a href="/members">Members</a> <a href="/away">Partner</a> <a href="${elsewhere}/friend">Friend</a></p><script>if (location.pathname === '/members' && localStorage.getItem('session')) document.title = 'Members, signed in'; fetch('${elsewhere}/landing', { mode: 'no-cors', credentials: 'include' }).catch(() => {}); fetch('/away').catch(() => {});</script>`,
      ),
    };
  });
});
afterAll(async () => {
  await Promise.all([site.close(), foreign.close()]);
  folder.dispose();
  home.dispose();
});

describe('a site behind a login', () => {
  it('is scanned with header, cookie, basic auth and storage state, and no value of theirs is kept or sent elsewhere', async () => {
    const state = join(folder.path, 'state.json');
    const cookie = { name: 'member', value: SECRETS.stateCookie, domain: '127.0.0.1', path: '/', expires: -1 };
    writeFileSync(
      state,
      JSON.stringify({
        cookies: [{ ...cookie, httpOnly: true, secure: false, sameSite: 'Lax' }],
        origins: [{ origin: site.origin, localStorage: [{ name: 'session', value: SECRETS.stateItem }] }],
      }),
    );
    const { code, report, stdout, stderr } = await scan(
      [
        site.origin,
        ...['--allow-host', site.host, '--allow-host', foreign.host.replace('127.0.0.1', 'other.localhost')],
        ...['--header', `X-Preview-Token: ${SECRETS.header}`, '--cookie', `ticket=${SECRETS.cookie}`],
        ...['--basic-auth', `${SECRETS.user}:${SECRETS.password}`, '--storage-state', state],
        ...['-m', 'axe,seo,security-headers,link-checker,lighthouse', '--no-sitemap', '--no-robots'],
        ...['-f', 'json,html,sarif,junit,csv,md'],
      ],
      { home: home.path, env: { STAGEFLOW_LOG: 'debug' } },
    );
    expect(code, stderr.slice(-2000)).toBe(0);
    expect(pageEnds(report)).toMatchObject({ '/': 'scanned', '/members': 'scanned' });
    expect(report.pages.map((page) => page.title)).toEqual(expect.arrayContaining(['Start', 'Members, signed in']));
    expect(report.coverage.totals).toMatchObject({ cellsFailed: 0, cellsMissing: 0 });
    const leaks = (text: string) => VALUES.filter((value) => text.includes(value));
    expect(leaks(stdout + stderr)).toEqual([]);
    expect(foreignHeaders.length).toBeGreaterThan(1);
    expect(foreignHeaders.flatMap(leaks)).toEqual([]);
    const kept = [...contents(home.path)];
    expect(kept.some(({ path }) => path.endsWith('network.har.zst (unpacked)'))).toBe(true);
    expect(kept.some(({ path }) => path.endsWith('ledger.db'))).toBe(true);
    expect(kept.filter(({ text }) => leaks(text).length > 0).map(({ path, text }) => [path, leaks(text)])).toEqual([]);
    expect(readdirSync(join(home.path, 'secrets'))).toEqual([]);
    expect(leftovers(home.path)).toEqual([]);
  });
});
