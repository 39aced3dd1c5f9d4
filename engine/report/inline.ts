import type { Report } from './schema.ts';

/** Reads one object of the job; null when it is gone. */
export type ReadArtifact = (key: string) => Promise<Uint8Array | null>;

/** What goes into the file besides the report itself, by path in the job's folder. */
export interface InlineEvidence {
  readonly images: Record<string, string>;
  readonly documents: Record<string, unknown>;
}

const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  avif: 'image/avif',
};
/** JSON that the screens draw from. */
const DRAWN = /\/evidence\/[^/]+\/(?:timeline|link-graph)\.json$/;
/** Share of the room that drawings may take from pictures. */
const DRAWN_SHARE = 0.25;

/** Path of a key inside the job's folder. */
const pathOf = (key: string) => key.slice(key.indexOf('/') + 1);

/**
 * Evidence to inline within `room` characters, of which pictures may take `pictures`: the data of drawings, then the first crop of every cause by weight, then full pages of
 * the worst causes, then more crops.
 */
export async function chooseEvidence(
  report: Report,
  read: ReadArtifact,
  room: number,
  pictures = room,
): Promise<InlineEvidence> {
  const sizes = new Map(report.artifacts.map((a) => [a.key, a.size]));
  const documents: Record<string, unknown> = {};
  const images: Record<string, string> = {};
  let left = Math.min(room, pictures);
  let drawn = room * DRAWN_SHARE;
  for (const { key, size } of report.artifacts) {
    if (!DRAWN.test(key) || size > drawn) continue;
    const bytes = await read(key);
    const document = bytes && jsonOf(bytes);
    if (!document) continue;
    documents[pathOf(key)] = document;
    drawn -= bytes.length;
    left = Math.min(left, room - (room * DRAWN_SHARE - drawn));
  }
  const tried = new Set<string>();
  for (const key of picturesWanted(report)) {
    if (tried.has(key)) continue;
    tried.add(key);
    const type = TYPES[key.split('.').at(-1) ?? ''];
    if (!type || left <= 0) continue;
    const size = sizes.get(key);
    if (size !== undefined && size * 1.4 > left) continue;
    const bytes = await read(key);
    if (!bytes) continue;
    const address = `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
    if (address.length > left) continue;
    images[pathOf(key)] = address;
    left -= address.length;
  }
  return { images, documents };
}

function jsonOf(bytes: Uint8Array): object | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** Keys of every picture that a screen of the report can show, the most telling first; a key may come twice. */
export function* picturesWanted(report: Report): Generator<string> {
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
  for (const { screenshot } of report.pages) if (screenshot) yield screenshot;
}
