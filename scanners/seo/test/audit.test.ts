import { readFileSync } from 'node:fs';
import { CellFindings, Manifest } from '@stageflow/engine/sdk';
import { describe, expect, test } from 'vitest';
import { audit } from '../audit.ts';
import type { PageRaw, SiteRaw } from '../raw.ts';
import { pageRules } from '../rules/index.ts';
import { auditSite, siteRules } from '../site/audit-site.ts';
import { readSitemap } from '../site/sitemap.ts';
import { canonical, CLEAN, GOLDENS, type Golden, JOB } from './goldens.ts';
import { CLEAN_SITE, SITE_GOLDENS } from './site-goldens.ts';

const manifest = Manifest.parse(JSON.parse(readFileSync(new URL('../manifest.json', import.meta.url), 'utf8')));
// A replay has only what JSON keeps.
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function cellOf(change: Partial<PageRaw>, job: Golden['job'] = {}) {
  return CellFindings.parse(audit(stored({ ...CLEAN, ...change }), { manifest, job: { ...JOB, ...job }, options: {} }));
}
const said = (rule: string, cell: CellFindings) =>
  cell.findings.filter((f) => f.rule === rule).flatMap((f) => f.occurrences.map((o) => o.message));
const siteCell = (change: Partial<SiteRaw>) =>
  CellFindings.parse(auditSite(stored({ ...CLEAN_SITE, ...change }), { manifest, job: JOB, options: {} }));

describe('seo', () => {
  test('a well kept page has no findings and a full score', () => {
    expect(cellOf({}).findings).toEqual([]);
    expect(cellOf({}).scores).toEqual([{ id: 'seo', value: 100 }]);
  });

  test('a well kept site has no findings', () => {
    expect(siteCell({}).findings).toEqual([]);
  });

  test('every rule of the manifest has a golden and every check a rule', () => {
    const goldens = [...new Set([...GOLDENS, ...SITE_GOLDENS].map((g) => g.rule))].toSorted();
    expect(goldens).toEqual(Object.keys(manifest.rules).toSorted());
    expect(Object.keys({ ...pageRules, ...siteRules }).toSorted()).toEqual(goldens);
  });

  test.each(GOLDENS)('$rule is found where it is broken', ({ rule, fails, expects, job }) => {
    expect(said(rule, cellOf(fails, job))).toEqual(expects);
  });

  test.each(GOLDENS)('$rule is silent where it is kept', ({ rule, passes, job }) => {
    expect(said(rule, cellOf(passes, job))).toEqual([]);
  });

  test.each(SITE_GOLDENS)('$rule of the site is found where it is broken', ({ rule, fails, expects }) => {
    expect(said(rule, siteCell(fails))).toEqual(expects);
  });

  test.each(SITE_GOLDENS)('$rule of the site is silent where it is kept', ({ rule, passes }) => {
    expect(said(rule, siteCell(passes))).toEqual([]);
  });

  test('what a sitemap or a robots.txt says bears its line there', () => {
    const text = `<?xml version="1.0"?>
<!-- two
lines --><urlset>
  <url><loc>https://a.example/1</loc></url><url>
    <loc>
      https://a.example/2</loc></url>
</urlset>`;
    expect(readSitemap(`\uFEFF\n${text}`, 10, false)).toMatchObject({
      locations: ['https://a.example/1', 'https://a.example/2'],
      lines: [5, 7],
    });
    expect(readSitemap('\nhttps://a.example/1\n\nhttps://a.example/2', 10, false)).toMatchObject({ lines: [2, 4] });
    const { origin, sitemaps, robots } = CLEAN_SITE;
    const locations = [`${origin}/`, `${origin}/gone`];
    const cell = siteCell({
      sitemaps: sitemaps.map((one) => ({ ...one, locations, lines: [3, 9] })),
      probes: [{ url: `${origin}/gone`, status: 404, location: null }],
      robots: robots && { ...robots, text: 'User-agent: *\nno colon' },
    });
    const places = cell.findings.flatMap(({ rule, occurrences: [place] }) => [[rule, place?.textUrl, place?.line]]);
    expect(places).toContainEqual(['sitemap-broken-url', `${origin}/sitemap.xml`, 9]);
    expect(places).toContainEqual(['robots-txt-invalid', `${origin}/robots.txt`, 2]);
  });

  test('a page that answers with an error is not judged', () => {
    expect(cellOf({ status: 404, titles: [], lang: null }).findings).toEqual([]);
  });

  test('a build without a known production origin is not told that its canonical is foreign', () => {
    const change = { url: 'http://shop.localhost/mugs', links: [canonical('https://www.shop.com/mugs')] };
    expect(said('canonical-other-origin', cellOf(change, { source: 'zip', origin: 'http://shop.localhost' }))).toEqual(
      [],
    );
  });

  test('a build with a known production origin takes that origin for its own', () => {
    const raw = {
      ...CLEAN_SITE,
      origin: 'http://shop.localhost',
      productionOrigin: 'https://www.shop.com',
      sitemaps: CLEAN_SITE.sitemaps,
    };
    const pages = CLEAN_SITE.pages.map((one) => ({
      ...one,
      url: one.url.replace('https://www.shop.com', 'http://shop.localhost'),
      requestedUrl: one.url.replace('https://www.shop.com', 'http://shop.localhost'),
    }));
    expect(siteCell({ ...raw, pages }).findings).toEqual([]);
  });

  test('an option of the person replaces the default', () => {
    const cell = audit({ ...CLEAN }, { manifest, job: JOB, options: { titleMaxLength: 10 } });
    expect(cell.findings.map((f) => f.rule)).toEqual(['title-too-long']);
  });

  test('structured data that refers to itself ends', () => {
    const text = JSON.stringify({
      '@context': 'https://schema.org',
      '@graph': [
        { '@type': 'Product', '@id': '#a', name: 'Mug', review: { '@id': '#b' } },
        {
          '@type': 'Review',
          '@id': '#b',
          author: 'Ada',
          reviewRating: { '@type': 'Rating', ratingValue: 4 },
          itemReviewed: { '@id': '#a' },
        },
      ],
    });
    expect(cellOf({ jsonLd: [{ selector: 'script', snippet: '<script>', text, cut: false }] }).findings).toEqual([]);
  });
});
