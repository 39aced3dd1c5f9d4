import type { Failure, StageflowEvent } from '../../event/index.ts';
import { pageIdOf } from '../../kernel/index.ts';
import type { EventDraft, JobRow } from '../../ledger/port.ts';
import type { CellOutcome, ContainerMessage, SiteSummary } from '../../scanner/index.ts';
import { type Admission, admit, type CrawlRules, normaliseUrl, type SkipReason } from '../frontier.ts';
import type { Denied, KnownPage, Queue } from '../queue.ts';
import { productionOrigin, ZIP_ORIGIN } from './assignment.ts';

type OriginMessage = Extract<ContainerMessage, { type: 'runner.origin' }>;
type VisitMessage = Extract<ContainerMessage, { type: 'page.visited' }>;
type Via = 'entry' | 'link' | 'sitemap' | 'list' | 'archive';

/** Judges robots.txt: given the file as it was read, which addresses of its origin may be visited. */
export type RobotsJudge = (
  robots: { readonly status: number; readonly text: string } | null,
) => (url: string) => boolean;

const EXAMPLES = 100;

/** Counts what was seen but left out, with the first examples of each reason. */
export function createSkipTally(): {
  note(skipped: Admission['skipped']): void;
  rows(): { reason: SkipReason; count: number; examples: string[] }[];
} {
  const reasons = new Map<SkipReason, Set<string>>();
  const counted = new Map<SkipReason, number>();
  return {
    note: (skipped) => {
      for (const { reason, url } of skipped) {
        const urls = reasons.get(reason) ?? new Set<string>();
        reasons.set(reason, urls);
        // Beyond the examples the count may hold an address twice; the examples never do.
        if (urls.has(url)) continue;
        counted.set(reason, (counted.get(reason) ?? 0) + 1);
        if (urls.size < 10_000) urls.add(url);
      }
    },
    rows: () =>
      [...reasons].map(([reason, urls]) => ({
        reason,
        count: counted.get(reason) ?? urls.size,
        examples: [...urls].slice(0, EXAMPLES),
      })),
  };
}

/** What one visit leads to. */
export interface VisitDecision {
  readonly drafts: readonly EventDraft[];
  readonly admitted: Admission['pages'];
  readonly duplicateOf: string | null;
  /** The page left the job's origins: nothing of it is scanned. */
  readonly left: boolean;
}

/** The crawl of one attempt: which pages there are. Decisions only; the session stores them. */
export interface Crawl {
  /** Pages to start with. `origins` is what the runner read of each entry's robots.txt and sitemaps; empty when it was not asked to. */
  seeds(origins: readonly OriginMessage[]): {
    readonly drafts: readonly EventDraft[];
    readonly admitted: Admission['pages'];
  };
  visited(message: VisitMessage): VisitDecision;
  /** The host of another site to which a page of this attempt led, or null. */
  leftTo(pageId: string): string | null;
  readonly tally: ReturnType<typeof createSkipTally>;
}

/** A crawl over the queue's pages, bounded by the job's specification. */
export function createCrawl(job: JobRow, site: SiteSummary | null, queue: Queue, judge: RobotsJudge): Crawl {
  const { spec } = job;
  const tally = createSkipTally();
  const zip = spec.source.kind === 'zip';
  const crawling = zip || (spec.source.kind === 'urls' && spec.source.mode === 'crawl');
  const origins = new Set<string>(
    zip ? [ZIP_ORIGIN] : spec.source.kind === 'urls' ? spec.source.urls.map((u) => new URL(u).origin) : [],
  );
  const production = zip ? productionOrigin(job, site) : null;
  // What robots.txt of an origin allows; what an entry's robots.txt and sitemaps say holds for the site that the entry leads to.
  const judges = new Map<string, (url: string) => boolean>();
  const allowed = (url: string) => judges.get(new URL(url).origin)?.(url) ?? true;
  /** Addresses of sitemaps that belong to no origin of the job so far. */
  let waiting: readonly string[] = [];
  const aliases = new Map<string, string>(production === null ? [] : [[production, ZIP_ORIGIN]]);
  // Final address -> page that showed it first.
  const shown = new Map<string, string>();
  const departed = new Map<string, string>();

  const rules = (follow: boolean): CrawlRules => ({
    origins,
    aliases,
    maxPages: spec.pages.max,
    maxDepth: spec.pages.depth,
    follow,
    mergeIndex: zip,
    allowed,
  });
  const join = (entry: string, finalOrigin: string) => {
    origins.add(finalOrigin);
    const judged = judges.get(new URL(entry).origin);
    if (judged && !judges.has(finalOrigin)) judges.set(finalOrigin, judged);
  };
  const remember = (pageId: string, finalUrl: string) => {
    const url = normaliseUrl(finalUrl, { aliases, mergeIndex: zip });
    if (url !== null && !shown.has(url)) shown.set(url, pageId);
  };
  for (const page of queue.pages()) {
    if (!page.visited || page.visited.duplicateOf !== null) continue;
    if (page.depth === 0) join(page.url, new URL(page.visited.finalUrl).origin);
    remember(page.pageId, page.visited.finalUrl);
  }

  const take = (addresses: readonly string[], depth: number, via: Via, from: string | null) => {
    const admission = admit(addresses, depth, queue.known(), rules(crawling));
    tally.note(admission.skipped);
    queue.add(admission.pages);
    const drafts = admission.pages.map(
      (page): EventDraft<'scan.events.page.discovered'> => ({
        type: 'scan.events.page.discovered',
        key: page.pageId,
        cause: null,
        data: { ...page, via, from },
      }),
    );
    return { drafts, admitted: admission.pages };
  };

  /** Takes what sitemaps give of the job's own origins; the rest waits for an entry that leads there. */
  const takeMapped = (addresses: readonly string[]) => {
    const own = (url: string) => origins.has(URL.parse(url)?.origin ?? '');
    waiting = addresses.filter((url) => !own(url));
    return take(addresses.filter(own), 1, 'sitemap', null);
  };

  const duplicate = (message: VisitMessage, finalUrl: string): string | null => {
    const other = shown.get(finalUrl);
    if (other !== undefined && other !== message.pageId) return other;
    const canonical = message.canonical === null ? null : normaliseUrl(message.canonical, { aliases, mergeIndex: zip });
    if (canonical === null || canonical === finalUrl) return null;
    // A canonical link merges pages only when the two addresses differ in their query alone: a wrong canonical (every page
    // pointing home) is a fault to report, not a reason to leave pages out.
    const [a, b] = [new URL(canonical), new URL(finalUrl)];
    if (a.origin !== b.origin || a.pathname !== b.pathname) return null;
    const target = shown.get(canonical);
    return target !== undefined && target !== message.pageId ? target : null;
  };

  return {
    tally: {
      ...tally,
      rows: () => {
        tally.note(waiting.map((url) => ({ reason: 'other-origin', url })));
        return tally.rows();
      },
    },
    seeds: (read) => {
      if (spec.source.kind === 'zip') {
        const entry = take([ZIP_ORIGIN + (site?.entry ?? '/')], 0, 'entry', null);
        const rest = take(
          (site?.pages ?? []).map((path) => new URL(path, ZIP_ORIGIN).href),
          1,
          'archive',
          null,
        );
        return { drafts: [...entry.drafts, ...rest.drafts], admitted: [...entry.admitted, ...rest.admitted] };
      }
      const listed = spec.source.mode === 'list';
      // Addresses that a person typed are visited whatever robots.txt says: it speaks to crawlers.
      const entries = take(spec.source.urls, 0, listed ? 'list' : 'entry', null);
      if (listed || read.length === 0) return entries;
      if (spec.pages.robots) for (const one of read) judges.set(one.origin, judge(one.robots));
      for (const page of queue.pages())
        if (page.depth === 0 && page.visited) join(page.url, new URL(page.visited.finalUrl).origin);
      if (!spec.pages.sitemap) return entries;
      const mapped = takeMapped(read.flatMap((one) => one.sitemaps).flatMap((map) => map.locations));
      return { drafts: [...entries.drafts, ...mapped.drafts], admitted: [...entries.admitted, ...mapped.admitted] };
    },
    leftTo: (pageId) => departed.get(pageId) ?? null,
    visited: (message) => {
      const page = queue.page(message.pageId);
      const finalUrl = normaliseUrl(message.finalUrl, { aliases, mergeIndex: zip }) ?? message.finalUrl;
      const finalOrigin = URL.canParse(finalUrl) ? new URL(finalUrl).origin : '';
      // An entry may lead elsewhere (http to https, bare to www): then that is the site.
      if (page?.depth === 0 && !zip) join(page.url, finalOrigin);
      const left = !origins.has(finalOrigin);
      if (left) departed.set(message.pageId, URL.parse(finalUrl)?.host || finalUrl.slice(0, 200));
      const duplicateOf = left ? null : duplicate(message, finalUrl);
      const scanned = !left && duplicateOf === null;
      if (scanned) remember(message.pageId, message.finalUrl);
      const { representative } = left
        ? { representative: false }
        : queue.visit(message.pageId, message.finalUrl, message.template, duplicateOf);
      const visit: EventDraft<'scan.events.page.visited'> = {
        type: 'scan.events.page.visited',
        key: message.pageId,
        cause: null,
        data: {
          pageId: message.pageId,
          finalUrl: message.finalUrl,
          httpStatus: message.status,
          title: message.title,
          template: message.template,
          duplicateOf,
          representative,
          blocked: message.blocked.slice(0, 100).map((b) => ({ ...b, url: b.url.slice(0, 1024) })),
        },
      };
      if (!scanned || !crawling) return { drafts: [visit], admitted: [], duplicateOf, left };
      const links = message.links.filter((l) => !l.nofollow || !spec.pages.robots).map((l) => l.url);
      const found = take(
        links.filter((url) => !shownElsewhere(url)),
        (page?.depth ?? 0) + 1,
        'link',
        message.pageId,
      );
      const mapped = page?.depth === 0 ? takeMapped(waiting) : { drafts: [], admitted: [] };
      return {
        drafts: [visit, ...found.drafts, ...mapped.drafts],
        admitted: [...found.admitted, ...mapped.admitted],
        duplicateOf,
        left,
      };
    },
  };

  // An address that another page has already led to needs no visit of its own.
  function shownElsewhere(address: string): boolean {
    const url = normaliseUrl(address, { aliases, mergeIndex: zip });
    return url !== null && shown.has(url) && shown.get(url) !== pageIdOf(url);
  }
}

/** Where a page leads that was refused, by how it ended; null when it ended otherwise, or was itself what was refused. */
export function deniedOf(failure: Failure | null, url: string | undefined): Denied | null {
  if (failure?.code !== 'page_denied' || failure.about === null || failure.about === url) return null;
  return { to: failure.about, reason: failure.sentence };
}

/** Rebuilds what the queue must know of pages and cells from a job's history. */
export function historyOf(events: readonly StageflowEvent[]): {
  readonly pages: readonly KnownPage[];
  readonly siteCells: ReadonlyMap<string, CellOutcome>;
} {
  const pages = new Map<string, KnownPage>();
  const cells = new Map<string, Map<string, CellOutcome>>();
  const siteCells = new Map<string, CellOutcome>();
  const update = (pageId: string, change: Partial<KnownPage>) => {
    const page = pages.get(pageId);
    if (page) pages.set(pageId, { ...page, ...change });
  };
  for (const event of events) {
    switch (event.type) {
      case 'scan.events.page.discovered': {
        const { pageId, url, depth, place } = event.data;
        cells.set(pageId, new Map());
        pages.set(pageId, {
          pageId,
          url,
          depth,
          place,
          visited: null,
          completed: false,
          denied: null,
          cells: cells.get(pageId) ?? new Map(),
        });
        break;
      }
      case 'scan.events.page.visited':
        update(event.data.pageId, { visited: event.data });
        break;
      case 'scan.events.cell.completed':
        (event.data.pageId === '_site' ? siteCells : cells.get(event.data.pageId))?.set(
          event.data.scanner,
          event.data.outcome,
        );
        break;
      case 'scan.events.page.completed':
        update(event.data.pageId, {
          completed: true,
          denied: deniedOf(event.data.failure, pages.get(event.data.pageId)?.url),
        });
        break;
      default:
    }
  }
  return { pages: [...pages.values()], siteCells };
}
