import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { takePath } from '../../engine/submit/index.ts';
import { LEFT_OUT, rowsOfSuite } from '../suite.ts';
import { createHome, leftovers } from './cli.ts';
import { type Scanned, scan } from './support/scan.ts';
import { serveSite } from './site-server.ts';

// Real sites that nobody here wrote; they lie beside the project, not in it.
const SITES = join(process.env.STAGEFLOW_CORPORA ?? '', 'sites');
const there = process.env.STAGEFLOW_CORPORA !== undefined && existsSync(SITES);
const PAGE_MODULES = ['-m', 'axe,link-checker,security-headers,seo'];
/** Each whole. Lighthouse takes its time, so that one form of one site stands for it. */
const ALL: readonly RealSite[] = [
  { name: 'marketing-bootstrap', pages: 9, folderModules: [] },
  { name: 'docs-mkdocs', pages: 53, folderModules: PAGE_MODULES },
];
/** A site of a hundred thousand elements on one page takes minutes where others are at work too. */
const WHOLE = 600_000;

interface RealSite {
  readonly name: string;
  /** Pages that are there and unlike each other. */
  readonly pages: number;
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

function scanWhole({ name, pages, folderModules }: RealSite): void {
  it(
    'as a folder and as a ZIP, with the same findings',
    async () => {
      const asFolder = await scan([join(SITES, name), ...folderModules], { home: home.path });
      expectWhole(asFolder, pages);
      const asZip = await scan([await packed(name), ...PAGE_MODULES], { home: home.path });
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
      const files = filesOf(join(SITES, name));
      const entry =
        [...files.keys()].filter((path) => path.endsWith('index.html')).toSorted((a, b) => a.length - b.length)[0] ??
        '';
      const server = await serveSite(files);
      const url = `${server.origin}/${entry.replace(/index\.html$/, '')}`;
      const asAddresses = await scan([url, '--allow-host', server.host, ...PAGE_MODULES], { home: home.path });
      await server.close();
      expectWhole(asAddresses, pages);
      expect(leftovers(home.path)).toEqual([]);
    },
    WHOLE,
  );
}

if (!there) it.skip('real sites are not scanned: set STAGEFLOW_CORPORA to the folder that holds sites/', () => {});
