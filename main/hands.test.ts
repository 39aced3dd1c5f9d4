import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readArguments, readLink } from './deep-links.ts';
import { menuTemplate } from './menu.ts';
import { openOffers } from './offers.ts';

const folder = mkdtempSync(join(tmpdir(), 'offers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string | Uint8Array) => {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

describe('what a person hands over', () => {
  it('is given once, under a name without its folder', async () => {
    const offers = openOffers();
    const zip = write('dist.zip', Buffer.from('PK\u0003\u0004rest', 'latin1'));
    const [offer] = await offers.take([zip]);
    expect(offer?.name).toBe('dist.zip');
    expect(offer?.key).toMatch(/^[\w-]{32}$/);
    const answer = offers.open(offer?.key ?? '');
    expect([answer.headers.get('content-type'), (await bytesOf(answer)).length]).toEqual(['application/zip', 8]);
    expect(() => offers.open(offer?.key ?? '')).toThrow('nothing at this address');
  });

  it('may be the folder of a build, which becomes an archive without what is hidden or linked', async () => {
    write('dist/index.html', '<h1>Shop</h1>');
    write('dist/.env', 'SECRET=1');
    symlinkSync('/etc/passwd', join(folder, 'dist/passwd.html'));
    const offers = openOffers();
    const [offer] = await offers.take([join(folder, 'dist')]);
    expect(offer?.name).toBe('dist.zip');
    const bytes = await bytesOf(offers.open(offer?.key ?? ''));
    expect(bytes.subarray(0, 2).toString()).toBe('PK');
    const text = bytes.toString('latin1');
    expect([text.includes('index.html'), text.includes('.env'), text.includes('passwd')]).toEqual([true, false, false]);
  });

  it('may be a list of addresses, or text', async () => {
    const offers = openOffers();
    const [offer] = await offers.take([write('shop.url', '[InternetShortcut]\nURL=https://shop.example/')]);
    expect((await bytesOf(offers.open(offer?.key ?? ''))).toString()).toContain('https://shop.example/');
    const text = offers.text('clipboard.txt', 'https://one.example');
    expect(await offers.open(text.key).text()).toBe('https://one.example');
  });

  it('is refused for what it is: a folder without pages, a file that is no ZIP, nothing at all', async () => {
    const offers = openOffers();
    write('photos/a.jpg', 'x');
    await expect(offers.take([join(folder, 'photos')])).rejects.toMatchObject({ code: 'zip_no_html' });
    await expect(offers.take([write('a.pdf', '%PDF')])).rejects.toMatchObject({ code: 'not_a_zip' });
    await expect(offers.take([join(folder, 'gone.zip')])).rejects.toMatchObject({ code: 'file_not_found' });
    await expect(offers.take([write('big.txt', 'x'.repeat(1_000_001))])).rejects.toMatchObject({ code: 'not_a_zip' });
  });

  it('is forgotten from the oldest on when nobody comes for it', () => {
    const offers = openOffers();
    const first = offers.text('a', 'a');
    for (let more = 0; more < 200; more += 1) offers.text('b', 'b');
    expect(() => offers.open(first.key)).toThrow();
  });
});

describe('links of other programs', () => {
  const id = '01k9x2v7q3m4n5p6r8s9t0w1y2';

  it('lead to a run or its report', () => {
    expect(readLink(`stageflow://run/${id}`)).toBe(`/scan/${id}`);
    expect(readLink(`stageflow://report/${id}`)).toBe(`/scan/${id}/report`);
  });

  it('lead nowhere else and start nothing', () => {
    for (const link of [
      'stageflow://run/../../settings',
      `stageflow://run/${id}/x`,
      `stageflow://run/${id.slice(1)}`,
      `stageflow://scan?url=https://example.org`,
      `stageflow-app://run/${id}`,
      `https://run/${id}`,
      'stageflow:',
      `stageflow://run/${'a'.repeat(3_000)}`,
    ])
      expect(readLink(link), link).toBeNull();
  });

  it('are told from paths and switches on the command line', () => {
    expect(
      readArguments(['--flag', '.', 'dist.zip', `stageflow://run/${id}`, 'stageflow://nonsense', '/a b/site']),
    ).toEqual({
      screens: [`/scan/${id}`],
      paths: ['dist.zip', '/a b/site'],
    });
  });
});

describe('the menu', () => {
  it('has its own entries on every system, and leads where they say', () => {
    for (const platform of ['linux', 'win32', 'darwin'] as const) {
      const said: string[] = [];
      const acts = {
        show: (path: string) => said.push(path),
        choose: (kind: string) => said.push(kind),
        logs: () => said.push('logs'),
        quit: () => said.push('quit'),
      };
      const entries = menuTemplate(platform, acts as never).flatMap(({ submenu }) =>
        Array.isArray(submenu) ? submenu : [],
      );
      for (const { click } of entries) (click as (() => void) | undefined)?.();
      expect(said.toSorted()).toEqual(
        ['/', '/compare', '/doctor', '/playground', '/settings', 'archive', 'folder', 'logs', 'quit'].toSorted(),
      );
    }
  });
});
