import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StageflowError } from '../kernel/index.ts';
import { builtBeside, buildCache, runBuild, sourceHash } from './first-use.ts';

/** What the page is made of: of the engine only the one file whose code, not its types alone, runs in it. */
const SOURCES = ['report', 'ui', '../engine/scanner/drawing.ts'];

/**
 * The page that a report is filled into. Vite builds it from `renderer/report` on first use, in a process of its own;
 * afterwards it is read from the cache by the hash of its sources. Fails with `internal` when it cannot be built.
 */
export async function ensureReportTemplate(cacheDir: string = buildCache()): Promise<string> {
  const packed = await readFile(builtBeside('report-template.html'), 'utf8').catch(() => null);
  if (packed !== null) return packed;
  const file = join(cacheDir, `report-template-${await sourceHash(SOURCES)}.html`);
  const cached = await readFile(file, 'utf8').catch(() => null);
  if (cached !== null) return cached;
  await mkdir(cacheDir, { recursive: true });
  const built = await runBuild('report/build.ts', [], 'the report page');
  if (!built.includes('<!--stageflow:data-->')) {
    throw new StageflowError('internal', { reason: 'the build of the report page gave no page' });
  }
  const partial = `${file}.${process.pid}.part`;
  await writeFile(partial, built);
  await rename(partial, file);
  return built;
}
