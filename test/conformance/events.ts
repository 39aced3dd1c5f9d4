import type { EventDraft } from '../../engine/ledger/index.ts';
import type { EventOf, EventType, JobSpec, StageflowEvent } from '../../engine/event/index.ts';
import { EVENTS, eventId } from '../../engine/event/index.ts';

/** A job's specification with everything at its plainest. */
export function specOf(kind: 'zip' | 'urls'): JobSpec {
  return {
    source:
      kind === 'zip'
        ? {
            kind,
            filename: 'shop.zip',
            bytes: 10,
            sha256: 'a'.repeat(64),
            stagingKey: 'staging/j/shop.zip',
            fromFolder: false,
          }
        : { kind, urls: ['https://shop.example/'], mode: 'crawl' },
    modules: [
      { id: 'axe', options: {} },
      { id: 'seo', options: {} },
    ],
    pages: { max: 50, depth: 3, robots: true, sitemap: true, sample: 'template' },
    device: 'desktop',
    lighthouse: { runs: 1, formFactor: 'desktop' },
    egress: { allowAssets: [], allowHosts: [] },
    siteUrl: null,
    isolation: 'pod',
    access: false,
    limits: { jobSeconds: 600, pageSeconds: 60, memoryMiB: 1024 },
    parent: null,
    label: null,
  };
}

const NONE = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };
const STORED = { key: 'j/report.json', sha256: 'b'.repeat(64), size: 3 };
const FAILURE = { code: 'pod_crashed', sentence: 'The scan container ended early.', about: null };

/** The id of the n-th page. */
export const page = (n: number): string => `p${n.toString(16).padStart(16, '0')}`;

const draft = <T extends EventType>(type: T, key: string, data: EventOf<T>['data']): EventDraft =>
  ({ type, key, data, cause: null }) as EventDraft;

/** Drafts of every kind, by short names. */
export const drafts = {
  ready: () =>
    draft('extraction.events.ready', '', {
      site: {
        files: 3,
        bytes: 99,
        pages: ['/'],
        entry: '/',
        root: '',
        hosting: ['404.html'],
        declaredFor: null,
        productionOrigin: null,
        notes: [],
      },
    }),
  refused: () =>
    draft('extraction.events.failed', '', { failure: { code: 'zip_path', sentence: 'Refused.', about: '../x' } }),
  discovered: (n: number) =>
    draft('scan.events.page.discovered', page(n), {
      pageId: page(n),
      url: `https://shop.example/${n}`,
      depth: n === 0 ? 0 : 1,
      place: n,
      via: n === 0 ? 'entry' : 'link',
      from: null,
    }),
  visited: (n: number) =>
    draft('scan.events.page.visited', page(n), {
      pageId: page(n),
      finalUrl: `https://shop.example/${n}`,
      httpStatus: 200,
      title: `Page ${n}`,
      template: 't1',
      duplicateOf: null,
      representative: n === 0,
      blocked: [],
    }),
  cell: (pageId: string, scanner: string, serious = 1) =>
    draft('scan.events.cell.completed', `${pageId}/${scanner}`, {
      pageId,
      scanner,
      outcome: 'ok',
      failure: null,
      raw: null,
      findings: null,
      evidence: [],
      counts: { ...NONE, serious },
      milliseconds: 12,
      adoptedFrom: null,
    }),
  pageDone: (n: number) =>
    draft('scan.events.page.completed', page(n), { pageId: page(n), status: 'scanned', failure: null, evidence: [] }),
  scanned: () =>
    draft('scan.events.completed', '', {
      pages: 1,
      cells: 2,
      skipped: [{ reason: 'robots', count: 1, examples: ['https://shop.example/x'] }],
    }),
  scanFailed: () => draft('scan.events.failed', '', { failure: FAILURE }),
  done: (counts = NONE) =>
    draft('jobs.events.completed', '', { report: STORED, html: STORED, verdict: 'complete', counts }),
  failed: (code = 'cancelled') => draft('jobs.events.failed', '', { failure: { ...FAILURE, code }, report: null }),
} as const;

/** A draft as the event it becomes, for those who have no ledger. */
export function eventOf(jobId: string, one: EventDraft, seq = 1, time = 1_000): StageflowEvent {
  const { type, key, data, cause } = one;
  return {
    id: eventId(jobId, type, key),
    seq,
    time,
    jobId,
    attempt: 1,
    cause,
    type,
    version: EVENTS[type].version,
    data,
  } as StageflowEvent;
}

/** A job's first event. */
export function createdEvent(jobId: string, kind: 'zip' | 'urls' = 'urls'): StageflowEvent {
  return eventOf(jobId, draft('jobs.events.created', '', { spec: specOf(kind) }));
}

/** The drafts of a whole good scan of `pages` pages, after the job stands at READY_TO_SCAN. */
export function goodScan(pages: number): readonly EventDraft[] {
  const all = Array.from({ length: pages }, (_, n) => n);
  return [
    ...all.map((n) => drafts.discovered(n)),
    ...all.flatMap((n) => [
      drafts.visited(n),
      drafts.cell(page(n), 'axe'),
      drafts.cell(page(n), 'seo', 0),
      drafts.pageDone(n),
    ]),
    drafts.cell('_site', 'seo', 2),
    drafts.scanned(),
  ];
}
