/**
 * The small JSON documents that the report draws pictures from. A scanner stores one as evidence under its fixed name; the report finds it
 * by that name. No schema library: windows read these, and what they read was written beside a hostile page, so each reader
 * takes anything and gives either a sound document or null.
 */

/** Name of a page's timeline among the evidence of a measuring scanner. */
export const TIMELINE = 'timeline.json';
/** Name of the link graph among the site evidence of a scanner of links. */
export const LINK_GRAPH = 'link-graph.json';

/** How one page loaded. Times in milliseconds from the start of the navigation. */
export interface PageTimeline {
  /** When the last thing drawn here ends. */
  readonly end: number;
  /** Small pictures of the page while it loaded, in order: data: addresses of JPEG, PNG or WebP. */
  readonly frames: readonly { readonly at: number; readonly picture: string }[];
  /** Moments with a name, such as the first paint. */
  readonly marks: readonly { readonly name: string; readonly at: number }[];
  readonly requests: readonly TimelineRequest[];
}

/** One request of the load. */
export interface TimelineRequest {
  readonly url: string;
  /** Kind of resource as the tool names it, in lower case. */
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  /** Bytes on the wire. */
  readonly bytes: number;
  /** Null when no answer came. */
  readonly status: number | null;
}

/** Which scanned pages link to which, and where links lead to nothing. */
export interface LinkGraph {
  /** Ids of the scanned pages; everything else names them by their place here. */
  readonly pages: readonly string[];
  /** From page, to page; each pair once. */
  readonly links: readonly (readonly [number, number])[];
  readonly broken: readonly BrokenTarget[];
  /** Links and broken targets that were left out to keep the document small. */
  readonly left: number;
}

/** An address that links lead to and that is not there. */
export interface BrokenTarget {
  readonly url: string;
  readonly status: number | null;
  readonly reason: string | null;
  /** Pages that link to it. */
  readonly from: readonly number[];
}

/** Most of each that a document holds; scanners cut to it, readers cut again. */
export const DRAWING_LIMITS = {
  frames: 16,
  marks: 12,
  requests: 300,
  pages: 5000,
  links: 10_000,
  broken: 500,
} as const;

const PICTURE = /^data:image\/(?:jpeg|png|webp);base64,[A-Za-z0-9+/]+=*$/;
const MOST_PICTURE = 200_000;

/** A sound timeline, or null. Parts that make no sense are left out. */
export function readTimeline(value: unknown): PageTimeline | null {
  if (!isRecord(value)) return null;
  const frames = rows(value['frames'], DRAWING_LIMITS.frames, (row) => {
    const at = time(row['at']);
    const picture = row['picture'];
    if (at === null || typeof picture !== 'string' || picture.length > MOST_PICTURE || !PICTURE.test(picture))
      return null;
    return { at, picture };
  });
  const marks = rows(value['marks'], DRAWING_LIMITS.marks, (row) => {
    const at = time(row['at']);
    return at === null || typeof row['name'] !== 'string' ? null : { name: row['name'].slice(0, 80), at };
  });
  const requests = rows(value['requests'], DRAWING_LIMITS.requests, (row): TimelineRequest | null => {
    const [start, end] = [time(row['start']), time(row['end'])];
    if (typeof row['url'] !== 'string' || start === null || end === null || end < start) return null;
    return {
      url: row['url'].slice(0, 2048),
      kind: typeof row['kind'] === 'string' ? row['kind'].slice(0, 40) : 'other',
      start,
      end,
      bytes: time(row['bytes']) ?? 0,
      status: whole(row['status'], 1000),
    };
  });
  const end = Math.max(0, ...[...frames, ...marks].map(({ at }) => at), ...requests.map((r) => r.end));
  return end === 0 ? null : { end, frames, marks, requests };
}

/** A sound link graph, or null. Links of pages that do not exist are left out. */
export function readLinkGraph(value: unknown): LinkGraph | null {
  if (!isRecord(value) || !Array.isArray(value['pages'])) return null;
  const pages = value['pages'].slice(0, DRAWING_LIMITS.pages).filter((id) => typeof id === 'string');
  const page = (index: unknown) => whole(index, pages.length);
  const links = (Array.isArray(value['links']) ? value['links'] : []).slice(0, DRAWING_LIMITS.links).flatMap((pair) => {
    if (!Array.isArray(pair)) return [];
    const [from, to] = [page(pair[0]), page(pair[1])];
    return from === null || to === null ? [] : [[from, to] as const];
  });
  const broken = rows(value['broken'], DRAWING_LIMITS.broken, (row): BrokenTarget | null => {
    if (typeof row['url'] !== 'string') return null;
    const from = Array.isArray(row['from']) ? row['from'].slice(0, 1000).flatMap((one) => page(one) ?? []) : [];
    return {
      url: row['url'].slice(0, 4096),
      status: whole(row['status'], 1000),
      reason: typeof row['reason'] === 'string' ? row['reason'].slice(0, 300) : null,
      from,
    };
  });
  return { pages, links, broken, left: whole(value['left'], Number.MAX_SAFE_INTEGER) ?? 0 };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function rows<T>(value: unknown, most: number, read: (row: Readonly<Record<string, unknown>>) => T | null): T[] {
  return (Array.isArray(value) ? value : []).slice(0, most).flatMap((row) => (isRecord(row) ? (read(row) ?? []) : []));
}

/** A number of milliseconds or bytes that can be drawn. */
const time = (value: unknown): number | null =>
  typeof value === 'number' && value >= 0 && value < 1e10 ? value : null;

const whole = (value: unknown, below: number): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < below ? value : null;
