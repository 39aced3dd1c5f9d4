import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import type { ZipFile } from 'yauzl';
import { ARCHIVE_LIMITS } from '../scanner/index.ts';
import { takePath, takeUpload } from './intake.ts';
import type { Staging } from './intake.ts';
import { sanitiseFilename } from './filename.ts';

/** A staging place that keeps what was put whole, and nothing of what broke off. */
function staging(): Staging & { readonly kept: Map<string, Buffer>; readonly chunks: number[] } {
  const kept = new Map<string, Buffer>();
  const chunks: number[] = [];
  return {
    kept,
    chunks,
    key: (filename) => `staging/job/${filename}`,
    async put(_bucket, key, body) {
      const parts: Uint8Array[] = [];
      for await (const chunk of body) {
        chunks.push(chunk.length);
        parts.push(chunk);
      }
      const all = Buffer.concat(parts);
      kept.set(key, all);
      return { key, size: all.length, sha256: createHash('sha256').update(all).digest('hex') };
    },
  };
}

const EMPTY_ZIP = Buffer.from('504b0506000000000000000000000000000000000000', 'hex');

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'stageflow-intake-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

/** Entries of an archive with their text, as an independent reader sees them. */
function unpacked(archive: Buffer): Promise<Record<string, string>> {
  return new Promise((done, fail) => {
    fromBuffer(archive, { lazyEntries: true }, (error, zip: ZipFile) => {
      if (error) {
        fail(error);
        return;
      }
      const entries: Record<string, string> = {};
      zip.on('entry', (entry) => {
        zip.openReadStream(entry, (problem, stream) => {
          if (problem) {
            fail(problem);
            return;
          }
          const parts: Buffer[] = [];
          stream.on('data', (part: Buffer) => parts.push(part));
          stream.on('end', () => {
            entries[entry.fileName] = Buffer.concat(parts).toString();
            zip.readEntry();
          });
        });
      });
      zip.on('end', () => done(entries));
      zip.on('error', fail);
      zip.readEntry();
    });
  });
}

async function* pieces(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
}

describe('a file', () => {
  it('is staged byte for byte with its hash and a sanitised name', async () => {
    const bytes = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(300_000, 7)]);
    const path = join(root, 'Mein Büro (final).ZIP');
    await writeFile(path, bytes);
    const store = staging();
    const { source, notes } = await takePath(path, store);
    expect(source).toEqual({
      kind: 'zip',
      filename: 'Mein-Buro-final.zip',
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      stagingKey: 'staging/job/Mein-Buro-final.zip',
      fromFolder: false,
    });
    expect(notes).toEqual([]);
    expect(store.kept.get(source.stagingKey)?.equals(bytes)).toBe(true);
    expect(Math.max(...store.chunks)).toBeLessThan(bytes.length);
  });

  it('may be an archive without entries; the extractor says so later', async () => {
    const path = join(root, 'empty.zip');
    await writeFile(path, EMPTY_ZIP);
    expect((await takePath(path, staging())).source.bytes).toBe(22);
  });

  it.each([
    ['text', 'this is not a zip'],
    ['an empty file', ''],
    ['three bytes', 'PK\x03'],
    ['a data descriptor', 'PK\x07\x08aaaa'],
    ['a stub before the archive', 'MZ__PK\x03\x04'],
  ])('is refused as not_a_zip when it holds %s', async (_, text) => {
    const path = join(root, 'x.zip');
    await writeFile(path, Buffer.from(text, 'latin1'));
    const store = staging();
    await expect(takePath(path, store)).rejects.toMatchObject({ code: 'not_a_zip' });
    expect(store.kept.size).toBe(0);
  });

  it('that does not exist is refused as file_not_found', async () => {
    await expect(takePath(join(root, 'nothing.zip'), staging())).rejects.toMatchObject({ code: 'file_not_found' });
  });

  it('that is a device is refused', async () => {
    await expect(takePath('/dev/null', staging())).rejects.toMatchObject({ code: 'not_a_zip' });
  });

  it('beyond the size cap is refused before it is read', async () => {
    const path = join(root, 'big.zip');
    await writeFile(path, 'PK\x03\x04');
    await truncate(path, ARCHIVE_LIMITS.archiveBytes + 1);
    const store = staging();
    await expect(takePath(path, store)).rejects.toMatchObject({ code: 'zip_size' });
    expect(store.chunks).toEqual([]);
  });
});

describe('an upload', () => {
  it('is staged though it comes byte by byte', async () => {
    const store = staging();
    const { source } = await takeUpload('site.zip', pieces('P', 'K', '\x03', '\x04', 'rest'), store);
    expect(store.kept.get(source.stagingKey)?.toString('latin1')).toBe('PK\x03\x04rest');
  });

  it('is refused at the first bytes, or at the cap, and nothing is kept', async () => {
    const store = staging();
    await expect(takeUpload('x', pieces('<html>'), store)).rejects.toMatchObject({ code: 'not_a_zip' });
    const limits = { ...ARCHIVE_LIMITS, archiveBytes: 10 };
    await expect(takeUpload('x', pieces('PK\x03\x04', '1234567'), store, limits)).rejects.toMatchObject({
      code: 'zip_size',
    });
    expect(store.kept.size).toBe(0);
  });
});

describe('a folder', () => {
  it('is packed with all its files, which an independent reader gives back', async () => {
    const files = {
      'index.html': '<h1>hi</h1>',
      'a/b/c.css': 'x{}',
      'a/logo.png': 'PNG',
      '.well-known/security.txt': 'me',
      'ünï.html': 'ü',
    };
    const store = staging();
    const { source, notes } = await takePath(await write(files), store);
    expect(source).toMatchObject({ fromFolder: true, filename: expect.stringMatching(/^stageflow-intake-.*\.zip$/) });
    expect(notes).toEqual([]);
    expect(await unpacked(store.kept.get(source.stagingKey) ?? Buffer.alloc(0))).toEqual(files);
  });

  it('gives the same bytes whenever it is packed', async () => {
    await write({ 'index.html': 'a', 'b.html': 'b', 'c/d.js': 'c' });
    const first = await takePath(root, staging());
    await utimes(join(root, 'b.html'), new Date(1e9), new Date(1e9));
    expect((await takePath(root, staging())).source.sha256).toBe(first.source.sha256);
    await writeFile(join(root, 'b.html'), 'B');
    expect((await takePath(root, staging())).source.sha256).not.toBe(first.source.sha256);
  });

  it('leaves out version control, modules, hidden files and links, and says so', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'stageflow-outside-'));
    try {
      await writeFile(join(outside, 'secret.html'), 'secret');
      await write({
        'index.html': 'a',
        '.git/config': 'x',
        'node_modules/m/index.html': 'x',
        '.env': 'KEY=1',
        'sub/.DS_Store': 'x',
      });
      await symlink(join(outside, 'secret.html'), join(root, 'link.html'));
      await symlink(outside, join(root, 'folder'));
      const store = staging();
      const { source, notes } = await takePath(root, store);
      expect(await unpacked(store.kept.get(source.stagingKey) ?? Buffer.alloc(0))).toEqual({ 'index.html': 'a' });
      expect(notes).toEqual([
        'Left out: .env, .git, node_modules, sub/.DS_Store.',
        'Links and special files were not packed: folder, link.html.',
      ]);
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  it('without files is refused as zip_empty, without a page as zip_no_html', async () => {
    await expect(takePath(root, staging())).rejects.toMatchObject({ code: 'zip_empty' });
    await write({ '.git/config': 'x' });
    await expect(takePath(root, staging())).rejects.toMatchObject({ code: 'zip_empty' });
    await write({ 'a/style.css': 'x' });
    await expect(takePath(root, staging())).rejects.toMatchObject({ code: 'zip_no_html' });
  });

  it.each([
    [{ entries: 2 }, 'zip_count'],
    [{ depth: 2 }, 'zip_count'],
    [{ fileBytes: 5 }, 'zip_size'],
    [{ totalBytes: 12 }, 'zip_size'],
    [{ archiveBytes: 100 }, 'zip_size'],
  ] as const)('beyond %j is refused as %s', async (limits, code) => {
    await write({ 'index.html': '123456', 'a/b.html': '123456', 'a/b/c.html': '1' }).catch(() => {});
    await write({ 'x/y/z.html': '1' });
    const store = staging();
    await expect(takePath(root, store, { ...ARCHIVE_LIMITS, ...limits })).rejects.toMatchObject({ code });
    expect(store.kept.size).toBe(0);
  });

  it('with a name that no archive can bear is refused as zip_name', async () => {
    await write({ 'index.html': 'a' });
    await writeFile(join(root, 'back\\slash.html'), 'x');
    await expect(takePath(root, staging())).rejects.toMatchObject({ code: 'zip_name' });
  });
});

describe('file names for keys', () => {
  it.each([
    ['dist.zip', 'dist.zip'],
    ['DIST.ZIP', 'DIST.zip'],
    ['/home/me/build/', 'build.zip'],
    ['C:\\sites\\my site.zip', 'my-site.zip'],
    ['../../etc/passwd', 'passwd.zip'],
    ['..', 'site.zip'],
    ['', 'site.zip'],
    ['.zip', 'site.zip'],
    ['.hidden.zip', 'hidden.zip'],
    ['a..b.zip', 'a.b.zip'],
    ['con.zip', '_con.zip'],
    ['LPT1.tar.zip', '_LPT1.tar.zip'],
    ['crème brûlée.zip', 'creme-brulee.zip'],
    ['日本.zip', 'site.zip'],
    ['a\r\nX: y\u0000.zip', 'a-X-y.zip'],
    ['a\u202egnp.zip', 'a-gnp.zip'],
    [`${'x'.repeat(300)}.zip`, `${'x'.repeat(100)}.zip`],
  ])('%j becomes %s', (name, safe) => {
    expect(sanitiseFilename(name)).toBe(safe);
  });
});
