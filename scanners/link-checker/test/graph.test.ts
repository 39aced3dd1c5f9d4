import { expect, test } from 'vitest';
import type { TargetFact } from '../raw.ts';
import { linkGraph } from '../site/graph.ts';
import { homeOf, needsOf, type ScannedPage } from '../site/targets.ts';
import { CLEAN } from './goldens.ts';

const ORIGIN = 'http://site.localhost';
const page = (id: string, path: string, hrefs: readonly string[]): ScannedPage => ({
  id,
  raw: {
    ...CLEAN,
    requestedUrl: ORIGIN + path,
    url: ORIGIN + path,
    links: hrefs.map((href) => ({
      selector: 'a',
      snippet: '<a>',
      text: 'x',
      href,
      url: ORIGIN + href,
      control: false,
    })),
  },
});
const broken = (path: string): [string, TargetFact] => [
  ORIGIN + path,
  {
    url: ORIGIN + path,
    internal: true,
    verdict: 'broken',
    status: 404,
    reason: 'not found',
    hops: [],
    loop: false,
    denied: null,
    soft: null,
  },
];

test('the graph holds each link between scanned pages once, and broken targets with the pages that link to them, most linked first', () => {
  const home = homeOf(ORIGIN, null);
  const pages = [
    page('p1', '/', ['/shop', '/shop#top', '/gone', '/', '/lost']),
    page('p2', '/shop', ['/', '/gone']),
    page('p3', '/about', ['/elsewhere.pdf']),
  ];
  expect(linkGraph(pages, home, needsOf(pages, home), new Map([broken('/lost'), broken('/gone')]))).toEqual({
    pages: ['p1', 'p2', 'p3'],
    links: [
      [0, 1],
      [1, 0],
    ],
    broken: [
      { url: `${ORIGIN}/gone`, status: 404, reason: 'not found', from: [0, 1] },
      { url: `${ORIGIN}/lost`, status: 404, reason: 'not found', from: [0] },
    ],
    left: 0,
  });
});
