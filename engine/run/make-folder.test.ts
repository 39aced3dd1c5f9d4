import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSmallDisk } from '../../test/e2e/support/small-disk.ts';
import { claimFolder, makeFolder } from './make-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'make-folder-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: string[]) => join(root, ...names);

describe('making a folder', () => {
  it('makes those above it too, says which, and is content with one that is there', () => {
    expect(makeFolder(at('a', 'b', 'c'), 0o700)).toEqual([at('a'), at('a', 'b'), at('a', 'b', 'c')]);
    expect(statSync(at('a')).mode & 0o777).toBe(0o700);
    expect(makeFolder(at('a', 'b', 'c'))).toEqual([]);
    mkdirSync(at('real'));
    symlinkSync(at('real'), at('link'));
    expect(makeFolder(at('link', 'in'))).toEqual([at('link', 'in')]);
    expect(existsSync(at('real', 'in'))).toBe(true);
  });

  it('leaves nothing where it cannot be made', () => {
    expect(() => makeFolder(at('a', 'b', 'x'.repeat(300)))).toThrow(expect.objectContaining({ code: 'ENAMETOOLONG' }));
    expect(readdirSync(root)).toEqual([]);
  });
});

describe('claiming a folder that a person named', () => {
  it('leaves it there and empty', () => {
    claimFolder('--output', at('a', 'b'));
    expect(readdirSync(at('a', 'b'))).toEqual([]);
  });

  const disk = createSmallDisk(1);
  afterAll(() => disk?.dispose());
  it.skipIf(disk === null)(
    'says of a full disk that it is full, and where (needs an account that may mount one)',
    () => {
      disk?.fill();
      const folder = join(disk?.path ?? '', 'out');
      expect(() => claimFolder('--output', folder)).toThrow(
        expect.objectContaining({ code: 'disk_full', details: { path: folder } }),
      );
      expect(existsSync(folder)).toBe(false);
    },
  );

  it.each([
    ['a file in the way', () => at('file', 'a'), /file is a file$/],
    ['a file', () => at('file'), /file is a file$/],
    ['a link to nothing', () => at('dangling'), /dangling is a link that leads to no folder/],
    ['something below a link to nothing', () => at('dangling', 'a'), /dangling is a link that leads to no folder/],
    ['a name that is too long', () => at('new', 'x'.repeat(300)), /the name is too long/],
    ['links in a circle', () => at('circle', 'a'), /in a circle/],
    ['a place of the kernel', () => '/sys/stageflow', /may not write there|can only be read|no folder can be made/],
  ])('refuses %s with the reason, and leaves what was there', (_, path, reason) => {
    writeFileSync(at('file'), 'x');
    symlinkSync(at('nowhere'), at('dangling'));
    symlinkSync(at('circle'), at('circle'));
    const before = readdirSync(root);
    const error = (() => {
      try {
        claimFolder('--output', path());
        return null;
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ code: 'bad_option', details: { option: '--output', value: path() } });
    expect((error as { reason: string }).reason).toMatch(reason);
    expect(readdirSync(root)).toEqual(before);
  });
});
