import type { CellOutcome, MachineWork, PageWork, SiteWork, WorkItem } from '../scanner/index.ts';
import type { NewPage } from './frontier.ts';

/** What the queue needs to know of a scanner. */
export interface QueueScanner {
  readonly id: string;
  readonly lane: 'page' | 'machine';
  readonly site: boolean;
  /** False when it looks at one page per template. */
  readonly everyPage: boolean;
}

/** Where a page leads that was refused, and why. */
export interface Denied {
  readonly to: string;
  readonly reason: string;
}

/** A page as the ledger knows it at the start of an attempt. */
export interface KnownPage extends NewPage {
  readonly visited: {
    readonly finalUrl: string;
    readonly template: string;
    readonly duplicateOf: string | null;
    readonly representative: boolean;
  } | null;
  readonly completed: boolean;
  /** Set when the page could not be looked at for where it leads. */
  readonly denied: Denied | null;
  /** Scanner -> outcome of the cells that are finished. */
  readonly cells: ReadonlyMap<string, CellOutcome>;
}

interface Page extends NewPage {
  visited: KnownPage['visited'];
  completed: boolean;
  denied: Denied | null;
  /** The page lane is through with it. */
  laneDone: boolean;
  cells: Map<string, CellOutcome>;
}

export type Lane = 'page' | 'machine' | 'site';

/**
 * The cells of one job, and which comes next. Holds no clock and performs no effect: the session asks and tells.
 * Order: pages breadth first; then the site cells; then the machine lane, which never shares the machine with another lane.
 */
export interface Queue {
  /** Takes over what earlier attempts (or an adopted job) left; called once, before the first question. */
  load(pages: readonly KnownPage[], finishedSiteCells: ReadonlyMap<string, CellOutcome>): void;
  /** Adds admitted pages. */
  add(pages: readonly NewPage[]): void;
  /** No seed page is missing any more: an empty queue is an empty job from now on. */
  seeded(): void;
  /** Records a visit; says whether the page stands for its template. A duplicate never does. */
  visit(
    pageId: string,
    finalUrl: string,
    template: string,
    duplicateOf: string | null,
  ): { readonly representative: boolean };
  /**
   * True when every page that was handed out before this one has been visited or has ended. Visits told in this order find the same pages,
   * in the same order, however many are under way at a time: a scan with a page limit takes the same pages each time.
   */
  visitable(pageId: string): boolean;
  cellDone(pageId: string, scanner: string, outcome: CellOutcome): void;
  /** True when nothing of a page is missing once the page lane is through with it: no cell of the machine lane is to come. */
  completes(pageId: string, scanned: boolean): boolean;
  /** The page lane is through with the page; `denied` when it could not be looked at for where it leads. */
  pageDone(pageId: string, denied?: Denied | null): void;
  pageCompleted(pageId: string): void;
  next(lane: Lane): WorkItem | 'wait' | 'done';
  /** Hands out nothing more, for good: whoever asks waits. */
  drain(): void;
  /** True when every lane is through. */
  finished(): boolean;
  /** Missing cells of the work that is handed out now (a container died with it). */
  inFlight(): readonly { readonly pageId: string; readonly scanners: readonly string[] }[];
  /** Takes back all work handed out (the container died or the job pauses). */
  release(): void;
  /** Pages of which nothing is missing but the word that they ended: the last owner died before saying it. */
  unsaid(): readonly { readonly pageId: string; readonly duplicate: boolean }[];
  /** Cells of the machine lane that are still missing on a page. */
  missingMachineCells(pageId: string): readonly string[];
  page(pageId: string): Readonly<Page> | null;
  pages(): readonly Readonly<Page>[];
  known(): { readonly ids: ReadonlySet<string>; readonly nextPlace: number };
  /** Pages that scanned well but are not looked at by the per-template modules. */
  sampledOut(): readonly string[];
}

const SITE = '_site';

/** An empty queue for these scanners. A page of `alone` is in hand with no other: one of them brought a container down, and nobody knows which. */
export function createQueue(scanners: readonly QueueScanner[], alone: ReadonlySet<string> = new Set()): Queue {
  const pageScanners = scanners.filter((s) => s.lane === 'page').map((s) => s.id);
  const machineScanners = scanners.filter((s) => s.lane === 'machine');
  const siteScanners = scanners.filter((s) => s.site).map((s) => s.id);
  const pages = new Map<string, Page>();
  const ids = new Set<string>();
  // Sorted once per change, not once per question: a site of 10,000 pages asks 10,000 times.
  let ordered: Page[] | null = null;
  const siteCells = new Map<string, CellOutcome>();
  const templates = new Set<string>();
  const busyPages = new Set<string>();
  let busyMachine: { pageId: string; scanner: string } | null = null;
  let busySite: string | null = null;
  let isSeeded = false;
  let draining = false;
  let nextPlace = 0;

  const missing = (page: Page, ids: readonly string[]) => ids.filter((id) => !page.cells.has(id));
  const machineIds = (page: Page) =>
    page.visited === null || page.visited.duplicateOf !== null
      ? []
      : machineScanners.filter((s) => s.everyPage || page.visited?.representative).map((s) => s.id);

  const inOrder = (): readonly Page[] => {
    ordered ??= [...pages.values()].toSorted((a, b) => a.depth - b.depth || a.place - b.place);
    return ordered;
  };
  const pageLaneOver = () => isSeeded && busyPages.size === 0 && [...pages.values()].every((p) => p.laneDone);
  // Without a page that the scanner could look at there is no site for it to look at.
  const looked = (id: string) => [...pages.values()].some((page) => page.cells.get(id) === 'ok');
  const missingSite = () => siteScanners.filter((id) => !siteCells.has(id) && looked(id));
  const siteLaneOver = () => pageLaneOver() && busySite === null && missingSite().length === 0;
  const machineWork = () =>
    inOrder().flatMap((page) =>
      page.completed ? [] : missing(page, machineIds(page)).map((scanner) => ({ page, scanner })),
    );
  const about = (page: Page) => ({ id: page.pageId, url: page.url, depth: page.depth });

  const nextPage = (): PageWork | 'wait' | 'done' => {
    const page = inOrder().find((p) => !p.laneDone && !busyPages.has(p.pageId));
    if (page) {
      const kept = [page.pageId, ...busyPages].some((id) => alone.has(id));
      if (kept && busyPages.size > 0) return 'wait';
      busyPages.add(page.pageId);
      return { kind: 'page', page: about(page), scanners: missing(page, pageScanners), revisit: page.visited !== null };
    }
    return pageLaneOver() ? 'done' : 'wait';
  };
  const nextSite = (): SiteWork | 'wait' | 'done' => {
    if (!pageLaneOver() || busySite !== null) return 'wait';
    const scanner = missingSite()[0];
    if (scanner === undefined) return 'done';
    busySite = scanner;
    const seen = inOrder().filter((p) => p.cells.get(scanner) === 'ok');
    return {
      kind: 'site',
      scanner,
      pages: seen.map((p) => ({ id: p.pageId, url: p.url, finalUrl: p.visited?.finalUrl ?? p.url })),
      denied: inOrder().flatMap((p) => (p.denied ? [{ id: p.pageId, url: p.url, ...p.denied }] : [])),
    };
  };
  const nextMachine = (): MachineWork | 'wait' | 'done' => {
    if (!siteLaneOver() || busyMachine !== null) return 'wait';
    const work = machineWork()[0];
    if (!work) return 'done';
    busyMachine = { pageId: work.page.pageId, scanner: work.scanner };
    return { kind: 'machine', page: about(work.page), scanner: work.scanner };
  };

  return {
    load: (loaded, finishedSiteCells) => {
      for (const known of loaded) {
        const page: Page = { ...known, cells: new Map(known.cells), laneDone: known.completed };
        if (page.visited?.representative) templates.add(page.visited.template);
        if (page.visited && pageScanners.length > 0 && missing(page, pageScanners).length === 0) page.laneDone = true;
        pages.set(page.pageId, page);
        ids.add(page.pageId);
        nextPlace = Math.max(nextPlace, page.place + 1);
      }
      for (const [scanner, outcome] of finishedSiteCells) siteCells.set(scanner, outcome);
      ordered = null;
    },
    add: (added) => {
      for (const page of added) {
        if (pages.has(page.pageId)) continue;
        pages.set(page.pageId, {
          ...page,
          visited: null,
          completed: false,
          denied: null,
          laneDone: false,
          cells: new Map(),
        });
        ids.add(page.pageId);
        ordered = null;
        nextPlace = Math.max(nextPlace, page.place + 1);
      }
    },
    seeded: () => {
      isSeeded = true;
    },
    visit: (pageId, finalUrl, template, duplicateOf) => {
      const page = pages.get(pageId);
      if (!page) return { representative: false };
      if (page.visited) return { representative: page.visited.representative };
      const representative = duplicateOf === null && !templates.has(template);
      if (representative) templates.add(template);
      page.visited = { finalUrl, template, duplicateOf, representative };
      return { representative };
    },
    visitable: (pageId) => {
      // A set keeps the order in which its members came.
      for (const busy of busyPages) {
        if (busy === pageId) return true;
        if (pages.get(busy)?.visited === null) return false;
      }
      return true;
    },
    cellDone: (pageId, scanner, outcome) => {
      if (pageId === SITE) {
        siteCells.set(scanner, outcome);
        if (busySite === scanner) busySite = null;
        return;
      }
      pages.get(pageId)?.cells.set(scanner, outcome);
      if (busyMachine?.pageId === pageId && busyMachine.scanner === scanner) busyMachine = null;
    },
    completes: (pageId, scanned) => {
      const page = pages.get(pageId);
      return page !== undefined && (!scanned || missing(page, machineIds(page)).length === 0);
    },
    pageDone: (pageId, denied = null) => {
      busyPages.delete(pageId);
      const page = pages.get(pageId);
      if (page) Object.assign(page, { laneDone: true, denied });
    },
    pageCompleted: (pageId) => {
      const page = pages.get(pageId);
      if (page) Object.assign(page, { completed: true, laneDone: true });
    },
    drain: () => {
      draining = true;
    },
    next: (lane) => (draining ? 'wait' : lane === 'page' ? nextPage() : lane === 'site' ? nextSite() : nextMachine()),
    finished: () => siteLaneOver() && busyMachine === null && machineWork().length === 0,
    inFlight: () => [
      ...[...busyPages].flatMap((id) => {
        const page = pages.get(id);
        return page ? [{ pageId: id, scanners: missing(page, pageScanners) }] : [];
      }),
      ...(busyMachine ? [{ pageId: busyMachine.pageId, scanners: [busyMachine.scanner] }] : []),
      ...(busySite ? [{ pageId: SITE, scanners: [busySite] }] : []),
    ],
    release: () => {
      busyPages.clear();
      busyMachine = null;
      busySite = null;
    },
    unsaid: () =>
      inOrder()
        .filter((page) => page.visited !== null && !page.completed)
        .map((page) => ({ page, duplicate: page.visited?.duplicateOf !== null }))
        .filter(({ page, duplicate }) => duplicate || (page.laneDone && missing(page, machineIds(page)).length === 0))
        .map(({ page, duplicate }) => ({ pageId: page.pageId, duplicate })),
    missingMachineCells: (pageId) => {
      const page = pages.get(pageId);
      return page && !page.completed ? missing(page, machineIds(page)) : [];
    },
    page: (pageId) => pages.get(pageId) ?? null,
    pages: inOrder,
    known: () => ({ ids, nextPlace }),
    sampledOut: () =>
      machineScanners.every((s) => s.everyPage)
        ? []
        : inOrder()
            .filter((p) => p.visited !== null && p.visited.duplicateOf === null && !p.visited.representative)
            .map((p) => p.url),
  };
}
