import { describe, expect, it } from 'vitest';
import { pageIdOf } from '../kernel/index.ts';
import { admit, type CrawlRules, normaliseUrl } from './frontier.ts';

const SITE = 'https://example.org';
const rules = (more: Partial<CrawlRules> = {}): CrawlRules => ({
  origins: new Set([SITE]),
  aliases: new Map(),
  maxPages: 100,
  maxDepth: 5,
  follow: true,
  mergeIndex: false,
  allowed: () => true,
  ...more,
});
const known = (...urls: string[]) => ({ ids: new Set(urls.map(pageIdOf)), nextPlace: urls.length });

describe('the spelling of an address', () => {
  const cases: [text: string, expected: string | null, more?: Partial<CrawlRules>][] = [
    ['https://example.org/a#part', 'https://example.org/a'],
    ['https://user:secret@example.org/', 'https://example.org/'],
    ['HTTPS://EXAMPLE.org:443/a/../b', 'https://example.org/b'],
    ['mailto:a@example.org', null],
    ['javascript:alert(1)', null],
    ['not an address', null],
    ['https://example.org/docs/index.html', 'https://example.org/docs/', { mergeIndex: true }],
    ['https://example.org/docs/index.html', 'https://example.org/docs/index.html', { mergeIndex: false }],
    [
      'https://shop.example/x?y=1',
      'http://site.localhost/x?y=1',
      { aliases: new Map([['https://shop.example', 'http://site.localhost']]) },
    ],
  ];
  it.each(cases.map(([text, expected, more]) => ({ text, expected, more })))(
    'of $text is $expected',
    ({ text, expected, more }) => {
      expect(normaliseUrl(text, rules(more))).toBe(expected);
    },
  );
});

describe('admission', () => {
  const skipped: readonly (readonly [string, string, Partial<CrawlRules>, number])[] = [
    ['other-origin', 'https://elsewhere.org/', {}, 1],
    ['not-html', 'https://example.org/manual.PDF', {}, 1],
    ['depth-cap', 'https://example.org/deep', { maxDepth: 2 }, 3],
    ['robots', 'https://example.org/private', { allowed: (url) => !url.includes('private') }, 1],
    ['page-cap', 'https://example.org/one-too-many', { maxPages: 1 }, 1],
  ];
  it.each(skipped)('leaves out an address for %s', (reason, url, more, depth) => {
    const result = admit([url], depth, known(SITE + '/'), rules(more));
    expect(result).toEqual({ pages: [], skipped: [{ reason, url }] });
  });

  it('gives places in document order and passes over what is known or repeated', () => {
    const urls = [`${SITE}/b`, `${SITE}/`, `${SITE}/a`, `${SITE}/b#x`];
    const result = admit(urls, 1, known(`${SITE}/`), rules());
    expect(result.pages.map((p) => [p.url, p.depth, p.place])).toEqual([
      [`${SITE}/b`, 1, 1],
      [`${SITE}/a`, 1, 2],
    ]);
    expect(result.skipped).toEqual([]);
  });
});
