import { describe, expect, it } from 'vitest';
import type { JobRow } from '../../ledger/port.ts';
import { pageIdOf } from '../../kernel/index.ts';
import { buildJobSpec } from '../../submit/index.ts';
import { createQueue } from '../queue.ts';
import { judgeRobots } from '../robots-judge.ts';
import { createCrawl, createSkipTally, deniedOf } from './crawl.ts';

const ENTRY = 'http://shop.example/';

/** A crawl of one entry whose origin has this robots.txt. */
function crawlOf(robots: string) {
  const spec = buildJobSpec({ source: { kind: 'urls', urls: [ENTRY], mode: 'crawl' } }, [
    { id: 'axe', defaultOn: true },
  ]);
  if (!spec.ok) throw spec.error;
  const job = { id: 'j', spec: spec.value } as JobRow;
  const queue = createQueue([{ id: 'axe', lane: 'page', site: false, everyPage: true }]);
  const crawl = createCrawl(job, null, queue, judgeRobots);
  crawl.seeds([
    { type: 'runner.origin', origin: 'http://shop.example', robots: { status: 200, text: robots }, sitemaps: [] },
  ]);
  return crawl;
}

describe('the crawl of a job', () => {
  it('obeys the robots.txt of an entry on the origin to which that entry leads', () => {
    const crawl = crawlOf('User-agent: *\nDisallow: /private/\n');
    const { admitted } = crawl.visited({
      type: 'page.visited',
      pageId: pageIdOf(ENTRY),
      finalUrl: 'https://www.shop.example/',
      status: 200,
      title: '',
      canonical: null,
      template: 't',
      links: ['/open', '/private/cart'].map((path) => ({ url: `https://www.shop.example${path}`, nofollow: false })),
      blocked: [],
    });
    expect(admitted.map((page) => page.url)).toEqual(['https://www.shop.example/open']);
    expect(crawl.tally.rows()).toEqual([
      { reason: 'robots', count: 1, examples: ['https://www.shop.example/private/cart'] },
    ]);
  });
});

describe('the tally of what was left out', () => {
  it('counts an address once and keeps a hundred examples', () => {
    const tally = createSkipTally();
    const many = Array.from({ length: 150 }, (_, n) => ({ reason: 'robots' as const, url: `https://a.example/${n}` }));
    tally.note(many);
    tally.note(many);
    const [row] = tally.rows();
    expect(row).toMatchObject({ reason: 'robots', count: 150 });
    expect(row?.examples).toHaveLength(100);
  });
});

it('E7 a page that was refused for where it leads is told from one that was itself refused', () => {
  const failure = { code: 'page_denied', sentence: 'It is private.', about: 'http://10.0.0.1/' };
  expect(deniedOf(failure, ENTRY)).toEqual({ to: 'http://10.0.0.1/', reason: 'It is private.' });
  expect(deniedOf({ ...failure, about: ENTRY }, ENTRY)).toBeNull();
  expect(deniedOf({ ...failure, code: 'page_blocked' }, ENTRY)).toBeNull();
  expect(deniedOf(null, ENTRY)).toBeNull();
});
