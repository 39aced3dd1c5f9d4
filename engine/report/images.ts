import type { Report } from './schema.ts';

/** Reads one object of the job; null when it is gone. */
export type ReadArtifact = (key: string) => Promise<Uint8Array | null>;

const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  avif: 'image/avif',
};

/** Pictures to inline within `budget` characters: first the crop of every cause by weight, then full pages of the worst causes, then more crops. */
export async function chooseImages(
  report: Report,
  read: ReadArtifact,
  budget: number,
): Promise<Record<string, string>> {
  const images: Record<string, string> = {};
  const tried = new Set<string>();
  let left = budget;
  for (const key of wishes(report)) {
    if (tried.has(key)) continue;
    tried.add(key);
    const type = TYPES[key.split('.').at(-1) ?? ''];
    if (!type || left <= 0) continue;
    const size = report.artifacts.find((a) => a.key === key)?.size;
    if (size !== undefined && size * 1.4 > left) continue;
    const bytes = await read(key);
    if (!bytes) continue;
    const address = `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
    if (address.length > left) continue;
    images[key] = address;
    left -= address.length;
  }
  return images;
}

function* wishes(report: Report): Generator<string> {
  const screenshots = new Map(report.pages.map((p) => [p.id, p.screenshot]));
  for (const { occurrences } of report.findings) {
    const first = occurrences.find((o) => o.screenshot !== null)?.screenshot;
    if (first) yield first;
  }
  for (const { occurrences } of report.findings) {
    const boxed = occurrences.find((o) => o.box !== null && o.pageId !== null && screenshots.get(o.pageId));
    const page = boxed?.pageId ? screenshots.get(boxed.pageId) : null;
    if (page) yield page;
  }
  for (const { occurrences } of report.findings) {
    for (const { screenshot } of occurrences) if (screenshot) yield screenshot;
  }
}
