import { describe, expect, it } from 'vitest';
import type { CellFindings, GuardedAnswer, Occurrence } from '@stageflow/engine/sdk';
import { createSiteFiles } from '../../proxy/site-files.ts';
import { enrichLater, type LeftPages } from '../enrich-later.ts';
import { cropArea } from '../picture.ts';

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0x03, 0x20, 0x05, 0x00, 1, 1, 0x11, 0]);
const HTML =
  '<!doctype html>\n<html lang="en"><body>\n<a href="/gone">Go</a>\n<img src="/a.png" alt="x"></body></html>';
const SITE = 'http://site.localhost';

function left(source: 'zip' | 'urls', pictured: (pageId: string) => boolean = () => true) {
  const files = createSiteFiles();
  const stored: string[] = [];
  const pages: LeftPages = {
    jobId: 'job1',
    source,
    files,
    fetch: async (url): Promise<GuardedAnswer> => {
      if (url === `${SITE}/old`)
        return { url, status: 301, headers: [['location', '/new']], body: new Uint8Array(), cut: false };
      files.note(url, 'new.html');
      return { url, status: 200, headers: [['content-type', 'text/html']], body: Buffer.from(HTML), cut: false };
    },
    channel: {
      getArtifact: async (key) => (pictured(key.split('/')[3] ?? '') ? JPEG : null),
      putArtifact: async (path) => {
        stored.push(path);
        return { key: `job1/${path}`, sha256: '', size: 1 };
      },
    },
    darkroom: {
      crop: async (picture, boxes) => boxes.map((one) => (cropArea(one, picture) ? JPEG : null)),
      close: async () => {},
    },
  };
  return { pages, files, stored };
}

const LINK = { selector: 'body > a', snippet: '<a href="/gone">Go</a>' };
const box = (y = 10) => ({ x: 10, y, width: 20, height: 10 });
const findings = (...occurrences: Occurrence[]) =>
  ({
    findings: [{ rule: 'r', outcome: 'fail', occurrences }],
    scores: [],
    facts: {},
    passes: null,
  }) as unknown as CellFindings;
async function placesOf(pageId: string, pages: LeftPages, ...occurrences: Occurrence[]) {
  const urls = new Map(Array.from({ length: 15 }, (_, i) => [`p${i}`, `${SITE}/old`]));
  const later = await enrichLater({ scanner: 's', pageId, findings: findings(...occurrences), urls }, pages);
  return later.findings.findings[0]?.occurrences ?? [];
}

describe('places of pages that were left', () => {
  it('of the site have file and line of where the address led, box and crop', async () => {
    const { pages, stored } = left('zip');
    const [place] = await placesOf('_site', pages, { ...LINK, pageId: 'p1', box: box() });
    expect(place).toMatchObject({ pageId: 'p1', file: 'new.html', line: 3, column: 1, box: box() });
    expect(stored).toEqual([place?.screenshot?.slice('job1/'.length)]);
    expect(stored[0]).toMatch(/^s\/evidence\/p1\/crops\/[0-9a-f]{16}\.jpg$/);
  });

  it('of the site say why they have no crop', async () => {
    const { pages } = left('urls', (pageId) => pageId !== 'p2');
    const places = [
      { ...LINK, pageId: 'p1' },
      { ...LINK, pageId: 'p1', box: box(5000) },
      { ...LINK, pageId: 'p2', box: box() },
    ];
    const told = await placesOf('_site', pages, ...places);
    expect(told.map((o) => o.noPicture)).toEqual(['hidden', 'outside', 'failed']);
    expect(told.every((o) => o.file === undefined && o.line === undefined)).toBe(true);
  });

  it('of one fault on every page take ten pictures, and the rest says that this was enough', async () => {
    const { pages, stored } = left('urls');
    const everywhere = Array.from({ length: 13 }, (_, i) => ({ ...LINK, pageId: `p${i}`, box: box() }));
    const told = await placesOf('_site', pages, ...everywhere);
    expect([stored.length, told.filter((o) => o.noPicture === 'limit').length]).toEqual([10, 3]);
  });

  it('of a measured page have the line of what asks for the address, and keep the pictures of their module', async () => {
    const { pages } = left('zip');
    const [asset, element] = await placesOf('p1', pages, { url: `${SITE}/a.png` }, { ...LINK, screenshot: 'own.jpg' });
    expect(asset).toEqual({ url: `${SITE}/a.png`, pageId: 'p1', file: 'new.html', line: 4, column: 1 });
    expect(element).toMatchObject({ line: 3, screenshot: 'own.jpg' });
    expect(element).not.toHaveProperty('noPicture');
  });

  it('in a text of its own name its file in a build, and elsewhere say where in words', async () => {
    const place = { textUrl: `${SITE}/robots.txt`, line: 2, message: 'no colon' };
    const build = left('zip');
    build.files.note(place.textUrl, 'public/robots.txt');
    expect(await placesOf('_site', build.pages, place)).toEqual([
      { file: 'public/robots.txt', line: 2, message: 'no colon' },
    ]);
    expect(await placesOf('_site', left('urls').pages, place)).toEqual([
      { message: `no colon (${SITE}/robots.txt:2)` },
    ]);
  });
});
