import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHome, leftovers } from './cli.ts';
import { serveSite, type SiteServer } from './site-server.ts';
import { found, scan, temporaryFolder } from './support/scan.ts';

const PRODUCTION = 'https://shop.example';
const home = createHome();
const folder = temporaryFolder();
let cdn: SiteServer;
let host: string;

beforeAll(async () => {
  cdn = await serveSite(
    new Map([
      ['style.css', Buffer.from('h1 { color: #000; }')],
      ['app.js', Buffer.from("document.querySelector('main').append('Ready');")],
    ]),
  );
  host = cdn.host.replace('127.0.0.1', 'cdn.localhost');
  const page = (title: string, body: string) =>
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><meta name="description" content="What there is on the page ${title}, in one sentence."><style>body { background: #fff; } h1, p { color: #bbb; }</style><link rel="stylesheet" href="http://${host}/style.css"><script src="http://${host}/app.js" defer></script></head><body><main><h1>${title}</h1>${body}</main></body></html>`;
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(
    join(folder.path, 'index.html'),
    page(
      'Start',
      `<p>Pale text. <a href="${PRODUCTION}/about.html">About us</a> <a href="${PRODUCTION}/nowhere.html">Nowhere</a></p><img alt="A dot" width="8" height="8" src="${PRODUCTION}/dot.svg">`,
    ),
  );
  writeFileSync(join(folder.path, 'about.html'), page('About', '<p>More pale text.</p>'));
  writeFileSync(join(folder.path, 'dot.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>');
});
afterAll(async () => {
  await cdn.close();
  folder.dispose();
  home.dispose();
});

const contrast = (rows: readonly string[]) => rows.filter((row) => row.includes(' color-contrast '));

describe('a build whose style comes from another host', () => {
  it('gives needs-review where a verdict rests on what was blocked, and names the host', async () => {
    const { code, report, stderr } = await scan([folder.path, '-m', 'axe,link-checker'], { home: home.path });
    expect(code, stderr.slice(-2000)).toBe(0);
    expect(cdn.asked).toEqual([]);
    expect(report.coverage.blockedHosts.find((row) => row.host === host)).toMatchObject({
      pages: 2,
      types: ['script', 'stylesheet'],
    });
    const rows = contrast(found(report, 'axe'));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter((row) => !row.startsWith('needs-review'))).toEqual([]);
    expect(found(report, 'link-checker').filter((row) => row.startsWith('fail'))).toEqual([]);
  });

  it('is judged as it looks once its owner opened the host, and its own address means the build', async () => {
    const { code, report, stderr } = await scan(
      [
        folder.path,
        ...['--allow-assets', 'cdn.localhost', '--allow-host', host],
        ...['--site-url', PRODUCTION, '-m', 'axe,link-checker'],
      ],
      { home: home.path },
    );
    expect(code, stderr.slice(-2000)).toBe(0);
    expect(cdn.asked).toEqual(expect.arrayContaining(['/style.css', '/app.js']));
    expect(report.coverage.blockedHosts).toEqual([]);
    expect(contrast(found(report, 'axe'))).toEqual(['fail color-contrast /', 'fail color-contrast /about.html']);
    // The link into nothing is the build's own: it is broken, not merely unverified.
    expect(found(report, 'link-checker').filter((row) => row.startsWith('fail'))).toEqual([
      'fail broken-link-internal /',
    ]);
    expect(report.coverage.skipped.map((row) => row.reason)).not.toContain('other-origin');
    expect(leftovers(home.path)).toEqual([]);
  });
});
