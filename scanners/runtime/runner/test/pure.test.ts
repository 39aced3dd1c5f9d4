import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CellFindings, RequestRecord } from '@stageflow/engine/sdk';
import { bindAccess } from '../access.ts';
import { cropArea } from '../picture.ts';
import { countFindings, fitFindings, packJson, reviewBlocked, unpackJson } from '../result.ts';
import { descendants, judge, sandboxHolds } from '../sandbox-proof.ts';
import { parseSitemap, sitemapsOfRobots, sitemapText } from '../sitemap.ts';
import { templateHash } from '../template.ts';

describe('sitemaps', () => {
  it('reads addresses in order, entities and CDATA undone, comments and images left out', () => {
    const text = `<?xml version="1.0"?><urlset xmlns="x" xmlns:image="y"><!-- <url><loc>https://a/no</loc></url> -->
      <url><loc> https://a/1?x=1&amp;y=2 </loc><image:image><image:loc>https://a/pic.png</image:loc></image:image></url>
      <url><loc><![CDATA[https://a/2]]></loc></url></urlset>`;
    expect(parseSitemap(text)).toEqual({ locations: ['https://a/1?x=1&y=2', 'https://a/2'], children: [] });
  });

  it('tells an index from a list', () => {
    expect(parseSitemap('<sitemapindex><sitemap><loc>https://a/s1.xml</loc></sitemap></sitemapindex>')).toEqual({
      locations: [],
      children: ['https://a/s1.xml'],
    });
  });

  it('takes a plain list of addresses, but no page of words', () => {
    expect(parseSitemap('https://a/1\nhttps://a/2\n').locations).toEqual(['https://a/1', 'https://a/2']);
    expect(parseSitemap('<html><body>not found</body></html>').locations).toEqual([]);
  });

  it('never expands entities that the document declares', () => {
    const bomb =
      '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><urlset><url><loc>https://a/&b;</loc></url></urlset>';
    expect(parseSitemap(bomb).locations).toEqual(['https://a/&b;']);
  });

  it('stops at 50,000 addresses and at unclosed markup', () => {
    expect(parseSitemap(`<urlset>${'<url><loc>https://a/</loc></url>'.repeat(60_000)}`).locations.length).toBe(50_000);
    expect(parseSitemap('<urlset><url><loc>https://a/').locations).toEqual([]);
  });

  it('undoes gzip within a cap', () => {
    expect(sitemapText(gzipSync('<urlset/>'))).toBe('<urlset/>');
    expect(sitemapText(gzipSync(Buffer.alloc(60 * 2 ** 20)))).toBeNull();
  });

  it('finds the sitemaps that robots.txt names', () => {
    expect(sitemapsOfRobots('User-agent: *\nSITEMAP: https://a/s.xml # main\n sitemap:https://a/t.xml')).toEqual([
      'https://a/s.xml',
      'https://a/t.xml',
    ]);
  });
});

describe('a login', () => {
  const access = bindAccess({
    entries: ['https://shop.example/start'],
    siteOrigin: null,
    access: {
      headers: { 'X-Token': 't' },
      cookies: [
        { name: 'sid', value: 's', path: '/start' },
        { name: 'other', value: 'o', domain: 'evil.example' },
      ],
      basicAuth: { username: 'a', password: 'b' },
      storageState: null,
    },
  });

  it.each([
    ['https://shop.example/start/x', { 'X-Token': 't', authorization: 'Basic YTpi', cookie: 'sid=s' }],
    ['https://shop.example/', { 'X-Token': 't', authorization: 'Basic YTpi' }],
    ['https://shop.example/starting', { 'X-Token': 't', authorization: 'Basic YTpi' }],
    ['http://shop.example/start', {}],
    ['https://shop.example.evil.example/start', {}],
    ['https://evil.example/', {}],
    ['not an address', {}],
  ])('gives %s %o', (url, headers) => {
    expect(access.headersFor(url)).toEqual(headers);
  });

  it('keeps of a storage state what is of its own hosts', () => {
    const cookie = (name: string, domain: string) => ({ name, value: 'v', domain, path: '/' });
    const origins = ['https://shop.example', 'https://mail.example', 'https://evilshop.example'];
    const { storageState } = bindAccess({
      entries: ['https://shop.example/'],
      siteOrigin: null,
      access: {
        headers: {},
        cookies: [],
        basicAuth: null,
        storageState: {
          cookies: [cookie('sid', '.shop.example'), cookie('mail', 'mail.example')],
          origins: origins.map((origin) => ({ origin, localStorage: [] })),
        },
      },
    });
    expect(storageState).toEqual({
      cookies: [cookie('sid', '.shop.example')],
      origins: [{ origin: 'https://shop.example', localStorage: [] }],
    });
  });

  it('drops cookies of other hosts and masks what it sends', () => {
    expect(access.cookies.map((c) => `${c.name}@${c.domain}`)).toEqual(['sid@shop.example']);
    expect([...access.masked]).toEqual(expect.arrayContaining(['authorization', 'cookie', 'x-token']));
  });
});

describe('results', () => {
  const finding = (more: object) => ({
    rule: 'r',
    title: 't',
    severity: 'serious',
    outcome: 'fail',
    confidence: 'certain',
    category: 'accessibility',
    standards: [],
    howToFix: 'mend it',
    occurrences: [{ selector: 'p' }],
    ...more,
  });
  const cell = (...findings: object[]) =>
    ({ findings, scores: [], facts: {}, passes: null }) as unknown as CellFindings;

  it('are cut to the caps of the schema instead of being lost', () => {
    const [fitted] = fitFindings(
      cell(
        finding({ title: 'x'.repeat(999), occurrences: [{ selector: 's'.repeat(2000), message: 'm'.repeat(5000) }] }),
      ),
      'axe',
    ).findings;
    expect(fitted?.title.length).toBe(300);
    expect(fitted?.occurrences[0]).not.toHaveProperty('selector');
    expect(fitted?.occurrences[0]?.message?.length).toBe(2048);
  });

  it('that break the schema fail the cell, and the field is named', () => {
    expect(() => fitFindings(cell(finding({ severity: 'awful' })), 'axe')).toThrow(
      /module axe failed.*findings\.0\.severity/,
    );
  });

  it('are counted by severity, reviews apart', () => {
    expect(countFindings(cell(finding({}), finding({ outcome: 'needs-review' })).findings)).toMatchObject({
      serious: 1,
      review: 1,
      critical: 0,
    });
  });

  it('that depend on a blocked asset need review and name its host; others stay', () => {
    const requests = [
      { url: 'https://cdn.example/a.css', type: 'stylesheet', blocked: 'closed' },
    ] as unknown as RequestRecord[];
    const [dependent, other] = reviewBlocked(
      cell(finding({ dependsOn: ['font', 'style'] }), finding({ dependsOn: ['script'] })),
      requests,
    ).findings;
    expect(dependent).toMatchObject({
      outcome: 'needs-review',
      occurrences: [{ message: 'asset_blocked: a style of the page was not loaded from cdn.example' }],
    });
    expect(other?.outcome).toBe('fail');
  });

  it('survive packing', () => {
    expect(unpackJson(packJson({ a: ['ü', 1] }, 'axe'))).toEqual({ a: ['ü', 1] });
  });
});

describe('the sandbox proof', () => {
  const process = (pid: number, parent: number, command: string, seccomp = 0, namespaces = 1, filters = 2) => ({
    pid,
    parent,
    command,
    seccomp,
    namespaces,
    filters,
  });
  const all = [
    process(10, 1, 'chromium'),
    process(11, 10, 'chromium --type=zygote'),
    process(12, 11, 'chromium --type=renderer', 2, 2),
    process(99, 2, 'other'),
  ];

  it('looks at the runner’s own descendants only', () => {
    expect(descendants(all, 1).map((p) => p.pid)).toEqual([10, 11, 12]);
  });

  it.each([
    ['a filtered renderer in its own namespaces', all, true],
    ['no renderer', all.slice(0, 2), false],
    ['one renderer of two without a filter', [...all, process(13, 11, 'chromium --type=renderer', 0, 2)], false],
    [
      'a renderer in the runner’s own namespaces',
      [...all.slice(0, 2), process(12, 11, 'chromium --type=renderer', 2, 1)],
      false,
    ],
    [
      'a renderer that bears the container’s filter and none of its own',
      [...all.slice(0, 2), process(12, 11, 'chromium --type=renderer', 2, 2, 1)],
      false,
    ],
    ['--no-sandbox anywhere', [process(10, 1, 'chromium --no-sandbox'), ...all.slice(1)], false],
  ])('U10 judges %s', (_what, processes, holds) => {
    expect(
      sandboxHolds(
        judge(descendants(processes, 1), 'CapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp_filters:\t1\n'),
      ),
    ).toBe(holds);
  });
});

describe('the sandbox proof on a kernel that counts no filters', () => {
  const renderer = { pid: 12, parent: 1, command: 'x --type=renderer', seccomp: 2, filters: null, namespaces: 2 };
  const own = (seccomp: number) => `Seccomp:\t${seccomp}\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n`;

  it('U10 holds where the runner has no filter, so that the renderer’s is its own', () => {
    expect(judge([renderer], own(0)).ownFilters).toBe(1);
    expect(sandboxHolds(judge([renderer], own(0)))).toBe(true);
    expect(sandboxHolds(judge([{ ...renderer, seccomp: 0 }], own(0)))).toBe(false);
  });

  it('U10 does not hold in a pod, whose filter every process bears', () => {
    expect(judge([renderer], own(2)).ownFilters).toBeNull();
    expect(sandboxHolds(judge([renderer], own(2)))).toBe(false);
  });
});

describe('pages', () => {
  it('of one template have one hash, whatever their order', () => {
    expect(templateHash(['/body/main', '/body'])).toBe(templateHash(['/body', '/body/main', '/body']));
    expect(templateHash(['/body'])).not.toBe(templateHash(['/body/main']));
  });

  it('give crops inside the picture, the element framed', () => {
    expect(cropArea({ x: 10, y: 10, width: 50, height: 20 }, { width: 1280, height: 800 })).toEqual({
      x: 0,
      y: 0,
      width: 84,
      height: 54,
      frame: [8, 8, 54, 24],
    });
    expect(cropArea({ x: 10, y: 5000, width: 50, height: 20 }, { width: 1280, height: 800 })).toBeNull();
    expect(cropArea({ x: -500, y: 10, width: 50, height: 20 }, { width: 1280, height: 800 })).toBeNull();
  });
});
