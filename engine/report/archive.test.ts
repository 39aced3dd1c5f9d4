import { fromBuffer } from 'yauzl';
import { describe, expect, it } from 'vitest';
import { fitsOneFile, renderArchive } from './archive.ts';
import type { Report } from './schema.ts';
import { cause, place, sample } from './test/sample.ts';

const CROP = 'job1/page/evidence/p0000000000000001/crops/a.jpg';
const withCrop = (size: number): Report => ({
  ...sample([cause({ occurrences: [place({ screenshot: CROP }), place({ screenshot: CROP })] })]),
  artifacts: [
    { key: CROP, size, sha256: null, kind: 'crop', scanner: null, pageId: null },
    {
      key: 'job1/axe/cells/p0000000000000001.json.zst',
      size: 9e9,
      sha256: null,
      kind: 'raw',
      scanner: 'axe',
      pageId: null,
    },
  ],
});

async function filesOf(archive: AsyncIterable<Uint8Array>): Promise<Record<string, string>> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) chunks.push(chunk);
  const files: Record<string, string> = {};
  await new Promise<void>((resolve, reject) => {
    fromBuffer(Buffer.concat(chunks), { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on('end', resolve).on('error', reject);
      zip.on('entry', (entry) =>
        zip.openReadStream(entry, (failed, stream) => {
          if (failed) return reject(failed);
          const parts: Buffer[] = [];
          stream
            .on('data', (part: Buffer) => parts.push(part))
            .on('end', () => {
              files[entry.fileName] = Buffer.concat(parts).toString();
              zip.readEntry();
            });
        }),
      );
      zip.readEntry();
    });
  });
  return files;
}

describe('a report that is too large for one file', () => {
  it('is one whose pictures would pass 15 MiB as text; raw results are no pictures', () => {
    expect(fitsOneFile(withCrop(1e6))).toBe(true);
    expect(fitsOneFile(withCrop(12e6))).toBe(false);
  });

  it('is an archive of the page without pictures and, beside it, each picture once under its own path', async () => {
    const template = '<script type="application/json"><!--stageflow:data--></script>';
    const files = await filesOf(
      await renderArchive(withCrop(12e6), { template, readArtifact: async () => Buffer.from('picture') }),
    );
    expect(Object.keys(files)).toEqual(['report.html', 'page/evidence/p0000000000000001/crops/a.jpg']);
    expect(files['page/evidence/p0000000000000001/crops/a.jpg']).toBe('picture');
    const data: unknown = JSON.parse(/json">(.*)<\/script>/s.exec(files['report.html'] ?? '')?.[1] ?? '');
    expect(data).toMatchObject({ images: {}, assetBase: '', beside: true });
  });

  it('keeps a place for a picture that is gone, so that the others are still there', async () => {
    const files = await filesOf(await renderArchive(withCrop(5), { template: '', readArtifact: async () => null }));
    expect(files['page/evidence/p0000000000000001/crops/a.jpg']).toBe('');
  });
});
