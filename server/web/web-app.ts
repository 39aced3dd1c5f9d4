import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { StageflowError } from '@stageflow/engine/kernel';
import { buildCache, builtBeside, runBuild, sourceHash } from '@stageflow/engine/report';

/** Everything of the renderer that the app is made of. */
const FOLDERS = ['app', 'api', 'state', 'screens', 'report', 'ui'];

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  woff2: 'font/woff2',
  woff: 'font/woff',
  png: 'image/png',
};

/** One file of the built app. */
export interface WebFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, compressed; null for what is compressed already. */
  readonly brotli: Uint8Array<ArrayBuffer> | null;
  readonly etag: string;
}

/** The built app by path: `index.html`, `signin.html`, `assets/…`. */
export type WebApp = ReadonlyMap<string, WebFile>;

/** The app of this tree: built on first use, in a process of its own, then kept by the hash of its sources. Fails with `internal`. */
export async function openWebApp(cacheDir: string = buildCache()): Promise<WebApp> {
  const packed = builtBeside('web-app');
  if (await isThere(packed)) return readWhole(packed);
  const folder = join(cacheDir, `web-app-${await sourceHash(FOLDERS)}`);
  if (!(await isThere(folder))) {
    await mkdir(cacheDir, { recursive: true });
    const partial = `${folder}.${randomUUID()}.part`;
    await runBuild('app/build.ts', [partial], 'the app');
    // Whoever was faster has built the same.
    await rename(partial, folder).catch(() => rm(partial, { recursive: true, force: true }));
  }
  return readWhole(folder);
}

async function readWhole(folder: string): Promise<WebApp> {
  const app = await readApp(folder);
  if (!app.has('index.html')) throw new StageflowError('internal', { reason: 'the build of the app gave no page' });
  return app;
}

async function isThere(folder: string): Promise<boolean> {
  return stat(join(folder, 'index.html')).then(
    () => true,
    () => false,
  );
}

async function readApp(folder: string): Promise<WebApp> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const twins = new Set(paths.filter((path) => path.endsWith('.br')));
  const files = paths.filter((path) => !twins.has(path));
  return new Map(
    await Promise.all(
      files.map(async (path): Promise<[string, WebFile]> => {
        const bytes = Uint8Array.from(await readFile(join(folder, path)));
        const brotli = twins.has(`${path}.br`) ? Uint8Array.from(await readFile(join(folder, `${path}.br`))) : null;
        const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
        return [path, { type: TYPES[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream', bytes, brotli, etag }];
      }),
    ),
  );
}
