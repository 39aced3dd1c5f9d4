import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { renderVariant, type Variant } from './variants.ts';

/** Folder of this file; sources lie in `source/<site>`. */
const SITES = import.meta.dirname;
/** Every entry bears one date: the same sources give the same bytes. */
const DATE = new Date(2026, 0, 1);
const TEXT = /\.(html|css|js|json|xml|txt|svg|webmanifest)$|\/(_headers|_redirects|CNAME)$/;

/** A site's files in one of its twins: path inside the archive -> bytes. A file that is empty after rendering is left out. */
export function siteFiles(name: string, variant: Variant): Map<string, Buffer> {
  const root = join(SITES, 'source', name);
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();
  const files = new Map<string, Buffer>();
  for (const path of paths) {
    const bytes = readFileSync(join(root, path));
    const rendered = TEXT.test(`/${path}`)
      ? Buffer.from(renderVariant(bytes.toString('latin1'), variant), 'latin1')
      : bytes;
    if (rendered.toString('latin1').trim() !== '') files.set(path, rendered);
  }
  return files;
}

/** The archive of a site's twin. */
export async function siteArchive(name: string, variant: Variant): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, bytes] of siteFiles(name, variant))
    zip.addBuffer(bytes, path, { mtime: DATE, mode: 0o100644, forceDosTimestamp: true });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of Readable.from(zip.outputStream)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** One committed archive. */
export interface Archive {
  readonly file: string;
  readonly site: string;
  readonly variant: Variant;
}

/** Archives that are committed: both twins of every site, and the awkward pages, which have no repair. */
export const ARCHIVES: readonly Archive[] = readdirSync(join(SITES, 'source')).flatMap((site): Archive[] => [
  { file: `${site}.zip`, site, variant: 'broken' },
  ...(site === 'awkward' ? [] : [{ file: `${site}-repaired.zip`, site, variant: 'repaired' } as const]),
]);

if (process.argv[1] === import.meta.filename) {
  for (const { file, site, variant } of ARCHIVES) {
    const bytes = await siteArchive(site, variant);
    writeFileSync(join(SITES, file), bytes);
    process.stdout.write(
      `${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}  ${file}  ${bytes.length} bytes\n`,
    );
  }
}
