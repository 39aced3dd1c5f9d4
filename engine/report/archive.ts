import { Readable } from 'node:stream';
import yazl from 'yazl';
import { HTML_BUDGET, type HtmlOptions, renderHtml } from './html.ts';
import { picturesWanted } from './inline.ts';
import type { Report } from './schema.ts';

/** Bytes that the page itself takes, about. */
const PAGE_BYTES = 500_000;

/** Keys of the pictures that the report's screens can show, each once. */
function picturesOf(report: Report): readonly string[] {
  const kept = new Set(report.artifacts.map(({ key }) => key));
  return [...new Set(picturesWanted(report))].filter((key) => kept.has(key));
}

/** Whether `report.html` can hold every picture; when it cannot, the archive is the form that loses none. */
export function fitsOneFile(report: Report): boolean {
  const sizes = new Map(report.artifacts.map(({ key, size }) => [key, size]));
  const pictures = picturesOf(report).reduce((sum, key) => sum + Math.ceil((sizes.get(key) ?? 0) / 3) * 4, 0);
  return pictures + PAGE_BYTES + JSON.stringify(report).length <= HTML_BUDGET;
}

/** What an archive is packed from. */
export interface ArchivePage {
  readonly html: Uint8Array<ArrayBuffer>;
  /** Keys of the pictures that lie beside it. */
  readonly pictures: readonly string[];
  /** Milliseconds since the epoch. The same report gives the same bytes. */
  readonly time: number;
}

/** The page of an archive, and what has to lie beside it. */
export async function archivePage(
  report: Report,
  { template, readArtifact }: Pick<HtmlOptions, 'template' | 'readArtifact'>,
): Promise<ArchivePage> {
  const html = await renderHtml(report, { template, readArtifact, beside: true, inlinePictures: false });
  const time = new Date(report.job.startedAt).getTime();
  return { html: new TextEncoder().encode(html), pictures: picturesOf(report), time };
}

/**
 * A ZIP of `report.html` and, beside it, the pictures under the paths they have in the job's folder. Unpacked anywhere it opens with no network.
 * Pictures are read one at a time while the archive is taken; one that is gone is an empty file.
 */
export function packArchive(
  { html, pictures, time }: ArchivePage,
  readArtifact: HtmlOptions['readArtifact'],
): AsyncIterable<Uint8Array> {
  const zip = new yazl.ZipFile();
  const mtime = new Date(time);
  zip.addBuffer(Buffer.from(html.buffer, html.byteOffset, html.length), 'report.html', { mtime, mode: 0o100644 });
  for (const key of pictures) {
    zip.addReadStreamLazy(key.slice(key.indexOf('/') + 1), { mtime, mode: 0o100644, compress: false }, (give) => {
      readArtifact(key).then(
        (bytes) => give(null, Readable.from(bytes === null ? [] : [bytes])),
        (thrown: unknown) => give(thrown, Readable.from([])),
      );
    });
  }
  zip.end();
  return zip.outputStream as Readable;
}

/** The report with all its pictures as a ZIP. */
export async function renderArchive(
  report: Report,
  options: Pick<HtmlOptions, 'template' | 'readArtifact'>,
): Promise<AsyncIterable<Uint8Array>> {
  return packArchive(await archivePage(report, options), options.readArtifact);
}
