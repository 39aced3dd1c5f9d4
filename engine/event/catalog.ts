import { z } from 'zod';
import {
  CellCounts,
  CellOutcome,
  PageId,
  PageStatus,
  ScannerId,
  SiteSummary,
  StoredArtifact,
} from '../scanner/protocol.ts';
import type { EnvelopeBase } from './envelope.ts';
import { JobSpec } from './job-spec.ts';

/** A code of the error table and its filled sentence. */
export const Failure = z.object({
  code: z.string().max(40),
  sentence: z.string().max(2000),
  /** The entry of an archive, the page or the host it is about. */
  about: z.string().max(4096).nullable(),
});
export type Failure = z.infer<typeof Failure>;

/** The closed list of events: subject -> current version and shape of `data`. Facts, in the past tense. */
export const EVENTS = {
  'jobs.events.created': { version: 1, data: z.object({ spec: JobSpec }) },
  'jobs.events.completed': {
    version: 1,
    data: z.object({
      report: StoredArtifact,
      html: StoredArtifact,
      verdict: z.enum(['complete', 'incomplete']),
      counts: CellCounts,
    }),
  },
  'jobs.events.failed': { version: 1, data: z.object({ failure: Failure, report: StoredArtifact.nullable() }) },
  'extraction.events.ready': { version: 1, data: z.object({ site: SiteSummary }) },
  'extraction.events.failed': { version: 1, data: z.object({ failure: Failure }) },
  /** Stored before a page's first cell. `via` says how it was found, `place` orders pages of one depth. */
  'scan.events.page.discovered': {
    version: 1,
    data: z.object({
      pageId: PageId,
      url: z.url().max(4096),
      depth: z.number().int().nonnegative(),
      place: z.number().int().nonnegative(),
      via: z.enum(['entry', 'link', 'sitemap', 'list', 'archive']),
      from: PageId.nullable(),
    }),
  },
  /** What the one navigation of a page gave; stored with the pages it led to, in one transaction, so that a crash never loses links. */
  'scan.events.page.visited': {
    version: 1,
    data: z.object({
      pageId: PageId,
      finalUrl: z.string().max(4096),
      httpStatus: z.number().int(),
      title: z.string().max(1024),
      template: z.string().max(64),
      /** Page whose content this one repeats (same final or canonical address), or null. */
      duplicateOf: PageId.nullable(),
      /** True when this page stands for its template in modules that look at one page per template. */
      representative: z.boolean(),
      /** Requests the guard refused. */
      blocked: z
        .array(z.object({ url: z.string().max(1024), type: z.string().max(40), reason: z.string().max(200) }))
        .max(100),
    }),
  },
  'scan.events.cell.completed': {
    version: 1,
    data: z.object({
      pageId: PageId,
      scanner: ScannerId,
      outcome: CellOutcome,
      failure: Failure.nullable(),
      raw: StoredArtifact.nullable(),
      findings: StoredArtifact.nullable(),
      evidence: z.array(StoredArtifact).max(500),
      counts: CellCounts,
      milliseconds: z.number().nonnegative(),
      /** Job whose finished cell was adopted, or null. */
      adoptedFrom: z.string().nullable(),
    }),
  },
  'scan.events.page.completed': {
    version: 1,
    data: z.object({
      pageId: PageId,
      status: PageStatus,
      failure: Failure.nullable(),
      evidence: z.array(StoredArtifact).max(50),
    }),
  },
  'scan.events.completed': {
    version: 1,
    data: z.object({
      pages: z.number().int().nonnegative(),
      cells: z.number().int().nonnegative(),
      /** Pages seen but left out, by reason, with at most 100 examples each (the report's coverage states them). */
      skipped: z.array(
        z.object({
          reason: z.enum(['page-cap', 'depth-cap', 'robots', 'other-origin', 'duplicate', 'not-html', 'sampled']),
          count: z.number().int().positive(),
          examples: z.array(z.string().max(4096)).max(100),
        }),
      ),
    }),
  },
  'scan.events.failed': { version: 1, data: z.object({ failure: Failure }) },
} as const satisfies Record<string, { version: number; data: z.ZodType }>;

/** A subject of the contract or one that joined it. */
export type EventType = keyof typeof EVENTS;

/** The shape of one event's `data`. */
export type EventData<T extends EventType> = z.infer<(typeof EVENTS)[T]['data']>;

/** One event of the closed union: `switch (event.type)` narrows `data`. */
export type StageflowEvent = {
  [T in EventType]: EnvelopeBase & { type: T; version: number; data: EventData<T> };
}[EventType];

/** One event of a given type. */
export type EventOf<T extends EventType> = Extract<StageflowEvent, { type: T }>;
