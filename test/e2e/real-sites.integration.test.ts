import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { takePath } from '../../engine/submit/index.ts';
import { serveSite } from '../../scanners/runtime/extractor/serve/index.ts';
import { buildSite } from '../../scanners/runtime/extractor/test/build.ts';
import { LEFT_OUT, rowsOfSuite } from '../suite.ts';
import { createHome, leftovers } from './cli.ts';
import { type Scanned, scan } from './support/scan.ts';

// Real sites that nobody here wrote; they lie beside the project, not in it.
const SITES = join(process.env.STAGEFLOW_CORPORA ?? '', 'sites');
const there = process.env.STAGEFLOW_CORPORA !== undefined && existsSync(SITES);
const PAGE_MODULES = ['-m', 'axe,link-checker,security-headers,seo'];
/** One page of fifty-seven thousand elements draws itself for long where others are at work too. */
const PATIENCE = ['--page-timeout', '300'];
/** Each whole. Lighthouse takes its time, so that one form of one site stands for it. */
const ALL: readonly RealSite[] = [
  // As addresses, `/` and `/index.html` are two.
  { name: 'marketing-bootstrap', pages: 9, linked: 10, folderModules: [] },
  // Its build holds four templates that nothing links to.
  { name: 'docs-mkdocs', pages: 54, linked: 50, folderModules: PAGE_MODULES },
];
/** A site of a hundred thousand elements on one page takes minutes where others are at work too. */
const WHOLE = 600_000;

interface RealSite {
  readonly name: string;
  /** Pages of the build that are unlike each other. */
  readonly pages: number;
  /** Those that a crawl of the served site comes to. */
  readonly linked: number;
  /** Which modules look at the folder; all when empty. */
  readonly folderModules: readonly string[];
}

const home = createHome();
const folder = mkdtempSync(join(tmpdir(), 'stageflow-real-'));
afterAll(() => {
  home.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Every file below a folder, path -> bytes. */
function filesOf(root: string, below = ''): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) for (const [name, bytes] of filesOf(root, path)) files.set(name, bytes);
    else files.set(path, readFileSync(join(root, path)));
  }
  return files;
}

/** Packs a folder as a person's ZIP tool would, by the packer that a folder scan uses. */
async function packed(name: string): Promise<string> {
  const path = join(folder, `${name}.zip`);
  await takePath(join(SITES, name), {
    key: (filename) => filename,
    put: async (_bucket, key, body) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      writeFileSync(path, bytes);
      return { key, sha256: '0'.repeat(64), size: bytes.length };
    },
  });
  return path;
}

/** A report that says of every page that it was looked at to the end. */
function expectWhole({ code, stderr, report }: Scanned, pages: number): void {
  expect(code, stderr.slice(-2000)).toBe(0);
  expect(report.verdict.status).toBe('complete');
  const { pagesScanned, pagesFailed, cellsFailed, cellsMissing } = report.coverage.totals;
  expect({ pagesScanned, pagesFailed, cellsFailed, cellsMissing }).toEqual({
    pagesScanned: pages,
    ...{ pagesFailed: 0, cellsFailed: 0, cellsMissing: 0 },
  });
}

const fingerprints = ({ report }: Scanned) => report.findings.map((finding) => finding.fingerprint).toSorted();

const { run: now, leftOut } = rowsOfSuite(there ? ALL : [], () => false);
describe.each(now)('$name, whole', scanWhole);
describe.skip.each(leftOut)(`$name, whole ${LEFT_OUT}`, scanWhole);

function scanWhole({ name, pages, linked, folderModules }: RealSite): void {
  it(
    'as a folder and as a ZIP, with the same findings',
    async () => {
      const asFolder = await scan([join(SITES, name), ...folderModules, ...PATIENCE], { home: home.path });
      expectWhole(asFolder, pages);
      const asZip = await scan([await packed(name), ...PAGE_MODULES, ...PATIENCE], { home: home.path });
      expectWhole(asZip, pages);
      // What more modules see comes on top.
      expect(fingerprints(asFolder)).toEqual(expect.arrayContaining(fingerprints(asZip)));
      expect(leftovers(home.path)).toEqual([]);
    },
    WHOLE,
  );

  it(
    'as addresses served on loopback',
    async () => {
      const { site, remove } = buildSite(Object.fromEntries(filesOf(join(SITES, name))));
      const server = await serveSite(site, 0);
      const host = `127.0.0.1:${server.port}`;
      const asAddresses = await scan([`http://${host}/`, '--allow-host', host, ...PAGE_MODULES, ...PATIENCE], {
        home: home.path,
      });
      await server.close();
      remove();
      expectWhole(asAddresses, linked);
      expect(leftovers(home.path)).toEqual([]);
    },
    WHOLE,
  );
}

if (!there) it.skip('real sites are not scanned: set STAGEFLOW_CORPORA to the folder that holds sites/', () => {});
