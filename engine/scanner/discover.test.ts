import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { discoverScanners } from './discover.ts';

const real = fileURLToPath(new URL('../../scanners', import.meta.url));
const axe = JSON.parse(readFileSync(join(real, 'axe/manifest.json'), 'utf8')) as Record<string, unknown>;

describe('finding scanners', () => {
  const folders: string[] = [];
  const folderWith = (manifests: Record<string, string | null>) => {
    const folder = mkdtempSync(join(tmpdir(), 'stageflow-discover-'));
    folders.push(folder);
    for (const [name, text] of Object.entries(manifests)) {
      mkdirSync(join(folder, name));
      if (text !== null) writeFileSync(join(folder, name, 'manifest.json'), text);
    }
    return folder;
  };
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  it('finds the scanners of this repository, sorted by id', async () => {
    const ids = (await discoverScanners(real)).map((m) => m.id);
    expect(ids).toEqual(ids.toSorted());
    expect(ids).toEqual(expect.arrayContaining(['axe', 'lighthouse', 'link-checker', 'security-headers', 'seo']));
  });

  it('leaves out folders without a manifest and the rooms that are no scanners', async () => {
    const folder = folderWith({ axe: JSON.stringify(axe), planned: null, runtime: '{}', image: '{}' });
    expect((await discoverScanners(folder)).map((m) => m.id)).toEqual(['axe']);
  });

  it.each([
    ['text that is not JSON', '{', /not JSON/],
    ['a wrong field, by its name', JSON.stringify({ ...axe, lane: 'fast' }), /lane/],
    ['an id that is not the folder', JSON.stringify({ ...axe, id: 'other' }), /its folder axe/],
  ])('refuses %s', async (_what, text, reason) => {
    await expect(discoverScanners(folderWith({ axe: text }))).rejects.toThrow(reason);
  });
});
