import { DRAWING_LIMITS, type PageTimeline } from '@stageflow/engine/sdk';

/** The audits of a whole result that a timeline is read from; field names are Lighthouse's own. */
export interface TimelineAudits {
  readonly [id: string]: { readonly details?: unknown } | undefined;
}

/** Observed moments that Lighthouse keeps among its metrics, in the order of a load. */
const MARKS = [
  ['observedFirstContentfulPaint', 'First content'],
  ['observedLargestContentfulPaint', 'Largest content'],
  ['observedDomContentLoaded', 'Document ready'],
  ['observedLoad', 'Loaded'],
] as const;

/** How the kept run loaded, as the browser saw it. Simulated numbers are not drawn: they have no pictures and no requests. */
export function timelineOf(audits: TimelineAudits): PageTimeline {
  const items = (id: string) => {
    const list = (audits[id]?.details as { items?: unknown } | undefined)?.items;
    return Array.isArray(list) ? (list as Readonly<Record<string, unknown>>[]) : [];
  };
  const number = (value: unknown) => (typeof value === 'number' && value >= 0 ? Math.round(value) : null);
  const frames = items('screenshot-thumbnails').flatMap(({ timing, data }) => {
    const at = number(timing);
    return at === null || typeof data !== 'string' ? [] : [{ at, picture: data }];
  });
  const metrics = items('metrics')[0] ?? {};
  const marks = MARKS.flatMap(([id, name]) => {
    const at = number(metrics[id]);
    return at === null ? [] : [{ name, at }];
  });
  const requests = items('network-requests').flatMap((row) => {
    const [start, end] = [number(row['networkRequestTime'] ?? row['startTime']), number(row['networkEndTime'])];
    if (start === null || end === null || typeof row['url'] !== 'string' || row['url'].startsWith('data:')) return [];
    const status = number(row['statusCode']);
    return [
      {
        url: row['url'].slice(0, 1024),
        kind: String(row['resourceType'] ?? 'other').toLowerCase(),
        start,
        end: Math.max(start, end),
        bytes: number(row['transferSize']) ?? 0,
        status: status !== null && status >= 100 ? status : null,
      },
    ];
  });
  const shown = requests.slice(0, DRAWING_LIMITS.requests);
  const ends = [...frames.map((f) => f.at), ...marks.map((m) => m.at), ...shown.map((r) => r.end)];
  return { end: Math.max(0, ...ends), frames: unlikeFrames(frames), marks, requests: shown };
}

/** Frames without those that show what the frame before them showed, the last one always kept: a strip of equal pictures tells nothing. */
function unlikeFrames(frames: PageTimeline['frames']): PageTimeline['frames'] {
  return frames
    .filter(({ picture }, i) => i === 0 || i === frames.length - 1 || picture !== frames[i - 1]?.picture)
    .slice(0, DRAWING_LIMITS.frames);
}
