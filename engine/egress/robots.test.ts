import { describe, expect, it } from 'vitest';
import { parseRobots, robotsFrom } from './robots.ts';

const at = (path: string) => `https://example.com${path}`;
const allows = (text: string, path: string, token = 'stageflow') => parseRobots(text, token)(at(path));
const star = (...lines: string[]) => ['User-agent: *', ...lines].join('\n');

/** Text, path, allowed. Ideas from RFC 9309 section 2.2 and 5. */
const CASES: readonly (readonly [string, string, string, boolean])[] = [
  ['nothing', '', '/', true],
  ['a rule before any group', 'Disallow: /', '/', true],
  ['an empty rule', star('Disallow:'), '/', true],
  ['everything', star('Disallow: /'), '/a', false],
  ['robots.txt itself', star('Disallow: /'), '/robots.txt', true],
  ['a prefix', star('Disallow: /fish'), '/fish.html', false],
  ['a prefix that does not fit', star('Disallow: /fish'), '/catfish', true],
  ['letter case in paths', star('Disallow: /Fish'), '/fish', true],
  ['letter case in keys', 'USER-AGENT: *\nDISALLOW: /x', '/x', false],
  ['the longest rule', star('Allow: /p', 'Disallow: /'), '/page', true],
  ['the longest rule in any order', star('Disallow: /page', 'Allow: /p'), '/page', false],
  ['a tie goes to allow', star('Disallow: /folder', 'Allow: /folder'), '/folder/page', true],
  ['a star', star('Disallow: /*.php'), '/a/b.php?x', false],
  ['two stars', star('Disallow: /a*b*c'), '/a1b2c3', false],
  ['two stars in the wrong order', star('Disallow: /a*b*c'), '/a1c2b3', true],
  ['a dollar', star('Disallow: /*.php$'), '/a.php', false],
  ['a dollar and more behind', star('Disallow: /*.php$'), '/a.php?x', true],
  ['a dollar without a star', star('Disallow: /$'), '/', false],
  ['a dollar without a star elsewhere', star('Disallow: /$'), '/a', true],
  ['a dollar that overlaps its star', star('Disallow: /ab*ba$'), '/aba', true],
  ['a dollar in the middle', star('Disallow: /a$b'), '/a$b', false],
  ['stars alone', star('Disallow: *'), '/x', false],
  ['escapes of plain letters', star('Disallow: /%61bc'), '/abc', false],
  ['escapes in the address', star('Disallow: /abc'), '/%61bc', false],
  ['an escaped slash is another path', star('Disallow: /a%2fb'), '/a/b', true],
  ['letter case of escapes', star('Disallow: /a%2fb'), '/a%2Fb', false],
  ['letters that are not ASCII', star('Disallow: /ツ'), '/%E3%83%84', false],
  ['a query', star('Disallow: /*?print='), '/x?print=1', false],
  ['a comment', star('Disallow: /x # but why'), '/x', false],
  ['a byte order mark', `\ufeff${star('Disallow: /x')}`, '/x', false],
  ['carriage returns alone', 'User-agent: *\rDisallow: /x\r', '/x', false],
  ['our own group alone', 'User-agent: *\nDisallow: /\nUser-agent: stageflow\nDisallow: /a', '/b', true],
  ['our own group, empty', 'User-agent: *\nDisallow: /\nUser-agent: StageFlow\nDisallow:', '/b', true],
  ['our own group with a version', 'User-agent: Stageflow/1.0\nDisallow: /a', '/a', false],
  ['a longer name is another crawler', 'User-agent: stageflow-news\nDisallow: /', '/a', true],
  ['groups that share rules', 'User-agent: a\nUser-agent: stageflow\nUser-agent: b\nDisallow: /x', '/x', false],
  [
    'two groups of ours are one',
    'User-agent: stageflow\nDisallow: /x\nUser-agent: other\nDisallow: /\nUser-agent: stageflow\nDisallow: /y',
    '/y',
    false,
  ],
  [
    'a sitemap between names does not end a group',
    'User-agent: a\nSitemap: https://x\nUser-agent: stageflow\nDisallow: /x',
    '/x',
    false,
  ],
  [
    'a delay between names does not end a group',
    'User-agent: stageflow\nCrawl-delay: 9\nUser-agent: b\nDisallow: /x',
    '/x',
    false,
  ],
  ['a page instead of rules', '<!doctype html><title>Not found</title>', '/', true],
];

describe('robots.txt', () => {
  it.each(CASES)('%s', (_, text, path, allowed) => {
    expect(allows(text, path)).toBe(allowed);
  });

  it('reads 512 KiB and no more', () => {
    const filler = '#'.repeat(512 * 1024);
    expect(allows(`${star('Disallow: /a')}\n${filler}\nDisallow: /b`, '/a')).toBe(false);
    expect(allows(`${star('Disallow: /a')}\n${filler}\nDisallow: /b`, '/b')).toBe(true);
  });

  it('takes no long time over a pattern made to take long', () => {
    const text = star(`Disallow: /${'*a'.repeat(5000)}$`);
    const before = performance.now();
    expect(allows(text, `/${'a'.repeat(4999)}b`)).toBe(true);
    expect(performance.now() - before).toBeLessThan(500);
  });

  it.each([
    [200, true, false],
    [404, true, true],
    [401, true, true],
    [403, true, true],
    [429, true, true],
    [301, true, true],
    [500, false, false],
    [503, false, false],
  ])('an answer of %d allows %s, and what the file forbids %s', (status, open, closed) => {
    const robots = robotsFrom({ status, text: star('Disallow: /x') }, 'stageflow');
    expect(robots(at('/a'))).toBe(open);
    expect(robots(at('/x'))).toBe(closed);
  });

  it('no answer forbids everything but the file itself', () => {
    expect(robotsFrom(null, 'stageflow')(at('/'))).toBe(false);
    expect(robotsFrom(null, 'stageflow')(at('/robots.txt'))).toBe(true);
  });
});
