import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { StageflowError } from '../kernel/index.ts';

const RENDERER = fileURLToPath(new URL('../../renderer/', import.meta.url));
const FOLDERS = ['report', 'ui'];
const BUILD_SECONDS = 120;

/** Where built templates are kept: `STAGEFLOW_CACHE`, else `.cache` of the repository. */
export function templateCache(): string {
  return process.env['STAGEFLOW_CACHE'] ?? fileURLToPath(new URL('../../.cache/', import.meta.url));
}

/**
 * The page that a report is filled into. Vite builds it from `renderer/report` on first use, in a process of its own;
 * afterwards it is read from the cache by the hash of its sources. Fails with `internal` when it cannot be built.
 */
export async function ensureReportTemplate(cacheDir: string = templateCache()): Promise<string> {
  const file = join(cacheDir, `report-template-${await sourceHash()}.html`);
  const cached = await readFile(file, 'utf8').catch(() => null);
  if (cached !== null) return cached;
  await mkdir(cacheDir, { recursive: true });
  const built = await build();
  const partial = `${file}.${process.pid}.part`;
  await writeFile(partial, built);
  await rename(partial, file);
  return built;
}

async function build(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [join(RENDERER, 'report', 'build.ts')], {
      cwd: dirname(RENDERER),
      maxBuffer: 32 * 2 ** 20,
      timeout: BUILD_SECONDS * 1000,
      // Whoever asks first, a test runner too, gets the page that people get.
      env: { ...process.env, NODE_ENV: 'production' },
    });
    if (stdout.includes('<!--stageflow:data-->')) return stdout;
    throw new Error('the build gave no page');
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    const reason = (stderr?.trim().split('\n').at(-1) || message).slice(0, 300);
    throw new StageflowError('internal', { reason: `the report page could not be built: ${reason}` }, { cause: error });
  }
}

/** Changes with any source of the page and with the versions it is built with. */
async function sourceHash(): Promise<string> {
  const hash = createHash('sha256');
  const files = (await Promise.all(FOLDERS.map((folder) => filesOf(join(RENDERER, folder))))).flat();
  for (const file of [...files, join(RENDERER, 'package.json')].sort()) {
    hash
      .update(file.slice(RENDERER.length))
      .update('\0')
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((e) => e.isFile() && !e.name.includes('.test.')).map((e) => join(e.parentPath, e.name));
}
