import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWebApp, type WebApp } from '../../../server/web/web-app.ts';

const cache = mkdtempSync(join(tmpdir(), 'web-build-'));
let both: readonly WebApp[];
beforeAll(async () => {
  both = await Promise.all([openWebApp(cache), openWebApp(cache)]);
});
afterAll(() => rmSync(cache, { recursive: true, force: true }));

describe('the build of the app', () => {
  it('is one, whoever asks first or at once, and leaves no halves', () => {
    expect(readdirSync(cache)).toEqual([expect.stringMatching(/^web-app-[0-9a-f]{16}$/)]);
    const [one, other] = both.map((app) => [...app].map(([path, { etag }]) => [path, etag]));
    expect(one).toEqual(other);
  });

  it('holds the two pages, files named by their hash, and a compressed twin of every text', () => {
    const app = both[0] ?? new Map();
    const paths = [...app.keys()];
    expect(paths).toEqual(expect.arrayContaining(['index.html', 'signin.html', 'notices.txt']));
    const rest = paths.filter((path) => path.startsWith('assets/'));
    expect(rest.every((path) => /-[\w-]{8}\.\w+$/.test(path))).toBe(true);
    for (const [path, { bytes, brotli }] of app) {
      if (/\.(?:js|css|html|svg|txt)$/.test(path))
        expect(brotliDecompressSync(brotli ?? Buffer.alloc(0)).equals(bytes)).toBe(true);
    }
  });

  it('is read from the cache afterwards, and not built again', async () => {
    const [name = ''] = readdirSync(cache);
    const builtAt = () => statSync(join(cache, name, 'index.html')).mtimeMs;
    const before = builtAt();
    expect((await openWebApp(cache)).size).toBe(both[0]?.size);
    expect([readdirSync(cache), builtAt()]).toEqual([[name], before]);
  });
});
