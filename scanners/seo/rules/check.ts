import { type AuditContext, clip, type Occurrence, type ScannerFinding } from '@stageflow/engine/sdk';
import type { LinkFact, MetaFact, PageRaw, Place } from '../raw.ts';
import { type Robots, robotsOf } from '../robots.ts';

/** One cause that a rule found. */
export interface Hit {
  /** Sets this cause apart where there is no element, or where one cause shows in many places. */
  readonly evidence?: string;
  readonly occurrences: readonly Occurrence[];
  readonly outcome?: ScannerFinding['outcome'];
}

/** What every rule of a page reads: the raw result, and what follows from it at once. */
export interface Subject {
  readonly raw: PageRaw;
  readonly job: AuditContext['job'];
  readonly options: AuditContext['options'];
  /** The robots rules of meta elements and headers. */
  readonly robots: Robots;
  /** Canonical links in the head. */
  readonly canonicals: readonly LinkFact[];
  /** Language links in the head. */
  readonly alternates: readonly LinkFact[];
  /** Meta elements of this name, property or http-equiv. */
  metas(key: string): MetaFact[];
}

/** A rule: hits, an empty list when it is kept, null when it does not apply here. */
export type Check = (subject: Subject) => readonly Hit[] | null;

/** Derives what the rules share. */
export function subjectOf(raw: PageRaw, ctx: Pick<AuditContext, 'job' | 'options'>): Subject {
  return {
    raw,
    job: ctx.job,
    options: ctx.options,
    robots: robotsOf(raw),
    canonicals: raw.links.filter((link) => link.inHead && link.rel.includes('canonical')),
    alternates: raw.links.filter((link) => link.inHead && link.rel.includes('alternate') && link.hreflang !== null),
    metas: (key) => raw.metas.filter((meta) => meta.key === key),
  };
}

/** The address, as this scan sees it: fragment gone, production origin replaced. */
export function normalUrl(url: string, job: Pick<AuditContext['job'], 'origin' | 'productionOrigin'>): string {
  const parsed = new URL(url);
  parsed.hash = '';
  const { href } = parsed;
  return job.productionOrigin !== null && parsed.origin === job.productionOrigin
    ? job.origin + href.slice(parsed.origin.length)
    : href;
}

/** An occurrence at an element, cut to the caps of the contract. */
export function at(place: Place, message: string, url?: string | null): Occurrence {
  return {
    selector: clip(place.selector, 1024),
    snippet: clip(place.snippet, 2048),
    ...(url ? { url: clip(url, 4096) } : {}),
    message: clip(message, 2048),
  };
}

/** A hit that is about one element. */
export function hitAt(place: Place, message: string, url?: string | null): Hit {
  return { occurrences: [at(place, message, url)] };
}

/** A hit that is about the page as a whole. */
export function hitPage(message: string, evidence?: string): Hit {
  return {
    occurrences: [{ message: clip(message, 2048) }],
    ...(evidence === undefined ? {} : { evidence: clip(evidence, 1024) }),
  };
}

/** A whole number among the person's options. */
export function option(options: AuditContext['options'], name: string, fallback: number): number {
  const value = options[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}
