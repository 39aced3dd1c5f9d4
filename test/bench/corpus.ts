import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The site that every tool of the benchmark looks at. */
export interface BenchSite {
  /** Folder with the site; ours scans it as a build. */
  readonly folder: string;
  /** Path inside the site -> bytes, for the server that the other tools are pointed at. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/**
 * Left out: `api`, one page of a hundred thousand elements on which `@axe-core/cli` breaks off and axe takes over two minutes in
 * any browser, so that it would decide every ratio alone; `overrides`, which are templates and no pages; the sitemaps, which name both.
 */
const LEFT_OUT = ['api', 'overrides', 'sitemap.xml', 'sitemap.xml.gz'];

function read(root: string, folder = ''): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) for (const [name, bytes] of read(root, path)) files.set(name, bytes);
    else if (entry.isFile()) files.set(path, readFileSync(join(root, path)));
  }
  return files;
}

/** Copies the site `docs-mkdocs` of STAGEFLOW_CORPORA into `folder`. Throws a sentence that says what is missing where it is absent. */
export function loadBenchSite(folder: string, env: NodeJS.ProcessEnv = process.env): BenchSite {
  const corpora = env.STAGEFLOW_CORPORA;
  const root = corpora === undefined ? null : join(corpora, 'sites/docs-mkdocs');
  if (root === null || !existsSync(join(root, 'index.html'))) {
    throw new Error(
      'The benchmark needs the site docs-mkdocs: set STAGEFLOW_CORPORA to the folder that holds sites/docs-mkdocs.',
    );
  }
  cpSync(root, folder, { recursive: true });
  for (const name of LEFT_OUT) rmSync(join(folder, name), { recursive: true, force: true });
  return { folder, files: read(folder) };
}
