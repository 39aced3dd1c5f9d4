import { readFileSync } from 'node:fs';
import { CellFindings, Manifest } from '@stageflow/engine/sdk';
import { describe, expect, test } from 'vitest';
import { audit, auditSite } from '../audit.ts';
import type { PageRaw, SiteRaw } from '../raw.ts';
import { fragmentOf, hasAnchor, missingAnchors } from '../site/anchors.ts';
import { retryAfter } from '../site/asker.ts';
import { headlines, isErrorPage, saysMissing } from '../site/soft.ts';
import { homeOf } from '../site/targets.ts';
import { CLEAN, CLEAN_SITE, GOLDENS, type Golden, JOB, ORIGIN, SITE_GOLDENS } from './goldens.ts';

const manifest = Manifest.parse(JSON.parse(readFileSync(new URL('../manifest.json', import.meta.url), 'utf8')));
// A replay has only what JSON keeps.
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const cellOf = (change: Partial<PageRaw>, job: Golden['job'] = {}) =>
  CellFindings.parse(audit(stored({ ...CLEAN, ...change }), { manifest, job: { ...JOB, ...job }, options: {} }));
const siteCell = (change: Partial<SiteRaw>) =>
  CellFindings.parse(auditSite(stored({ ...CLEAN_SITE, ...change }), { manifest, job: JOB, options: {} }));
const said = (rule: string, cell: CellFindings) =>
  cell.findings.filter((f) => f.rule === rule).flatMap((f) => f.occurrences.map((o) => o.message));

describe('links', () => {
  test('a well kept page and site have no findings', () => {
    expect(cellOf({}).findings).toEqual([]);
    expect(siteCell({}).findings).toEqual([]);
  });

  test('every rule of the manifest has a golden', () => {
    expect([...new Set([...GOLDENS, ...SITE_GOLDENS].map((g) => g.rule))].toSorted()).toEqual(
      Object.keys(manifest.rules).toSorted(),
    );
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

  test('a target used on many pages is one finding with many places', () => {
    const targets = SITE_GOLDENS[0]?.fails.targets ?? [];
    const uses = ['p1', 'p2', 'p3'].map((pageId) => ({
      target: 0,
      kind: 'link' as const,
      pageId,
      selector: 'a',
      snippet: '<a>',
    }));
    const [finding, ...others] = siteCell({ targets, uses }).findings;
    expect(others).toEqual([]);
    expect(finding?.evidence).toBe('/gone');
    expect(finding?.occurrences.map((o) => o.pageId)).toEqual(['p1', 'p2', 'p3']);
  });

  test('a local address that is shown as text wants a person', () => {
    const url = 'http://localhost:3000/';
    const link = { selector: 'a', snippet: '<a>', text: 'localhost:3000', href: url, url, control: false };
    expect(cellOf({ links: [link] }).findings.map((f) => f.outcome)).toEqual(['needs-review']);
  });

  test('a page on a local server may link to local servers', () => {
    const url = 'http://127.0.0.1:9/';
    const link = { selector: 'a', snippet: '<a>', text: 'x', href: url, url, control: false };
    expect(cellOf({ url: 'http://localhost:8080/', links: [link] }).findings).toEqual([]);
  });
});

describe('what an error page says', () => {
  test.each([
    '404',
    'Error 404',
    '404 - Page not found',
    'Page not found | Shop',
    'Oops! Page not found',
    'The page you requested was not found.',
    'Seite nicht gefunden',
    'Not Found',
    'This page does not exist',
  ])('%s is a missing page', (text) => {
    expect(saysMissing(text)).not.toBeNull();
  });

  test.each([
    'How to fix 404 errors',
    '404 ways to glaze a mug',
    'Lost and found',
    'Nothing found',
    'What to do when a page is not found',
    'Mugs',
    '',
  ])('%s is a page', (text) => {
    expect(saysMissing(text)).toBeNull();
  });

  test('headlines are read from the source, and the error page itself is left alone', () => {
    expect(headlines('<title>A</title><h1 class=x>B <i>c</i></h1>')).toEqual(['A', 'B c']);
    expect(isErrorPage('https://a.example/404.html')).toBe(true);
    expect(isErrorPage('https://a.example/mugs/404-blue')).toBe(false);
  });
});

describe('places in a page', () => {
  test.each([
    ['https://a.example/#x', 'x'],
    ['https://a.example/#', null],
    ['https://a.example/#TOP', null],
    ['https://a.example/#!/route', null],
    ['https://a.example/#/route', null],
    ['https://a.example/#:~:text=mug', null],
    ['https://a.example/#x:~:text=mug', 'x'],
  ])('%s asks for %s', (url, fragment) => {
    expect(fragmentOf(url)).toBe(fragment);
  });

  test('an id is found as written and decoded', () => {
    expect(hasAnchor(new Set(['über']), '%C3%BCber')).toBe(true);
    expect(hasAnchor(new Set(['100%']), '100%')).toBe(true);
    expect(hasAnchor(new Set(['a']), '%')).toBe(false);
  });

  test('only whole, rendered pages prove that a place is missing; controls prove nothing', () => {
    const link = { selector: 'a', snippet: '<a>', text: '', href: '#x', url: `${ORIGIN}/#x`, control: false };
    const home = homeOf(ORIGIN, null);
    const find = (raw: Partial<PageRaw>) =>
      missingAnchors([{ id: 'p1', raw: { ...CLEAN, links: [link], ...raw } }], home, 10).missing.length;
    expect(find({})).toBe(1);
    expect(find({ anchors: ['x'] })).toBe(0);
    expect(find({ complete: false })).toBe(0);
    expect(find({ links: [{ ...link, control: true }] })).toBe(0);
    expect(find({ links: [{ ...link, url: `${ORIGIN}/unscanned#x` }] })).toBe(0);
  });
});

describe('Retry-After', () => {
  test('is read as seconds and as a date', () => {
    expect(retryAfter('3', 0)).toBe(3000);
    expect(retryAfter('Thu, 01 Jan 1970 00:00:05 GMT', 1000)).toBe(4000);
    expect(retryAfter('soon', 0)).toBeNull();
    expect(retryAfter(undefined, 0)).toBeNull();
  });
});
