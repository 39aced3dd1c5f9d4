import type { Coverage, CoverageCell, CoverageModule, CoveragePage } from '../report/schema.ts';
import type { Manifest } from '../scanner/index.ts';
import { cellKey, type History, type PageHistory } from './history.ts';
import type { AggregateSpec } from './input.ts';

/** Cells whose stored findings could not be read count as failed, with this reason. */
export type UnreadableCells = ReadonlyMap<string, string>;

/** Reasons for leaving addresses out, in words. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'page-cap': 'The limit of pages was reached. Raise --max-pages to look at more.',
  'depth-cap': 'They are more clicks away than the limit of depth.',
  robots: 'robots.txt asks not to visit them.',
  'other-origin': 'They belong to another site.',
  duplicate: 'They show the same page as another address.',
  'not-html': 'They are not HTML pages.',
  sampled: 'One page of each template was looked at.',
};

/** Outcomes that leave a hole in what was asked for. */
const HOLES: ReadonlySet<CoverageCell['outcome']> = new Set(['failed', 'timeout', 'missing']);
const MOST_HOSTS = 500;

/** True when a cell ended in a way that makes the report incomplete. */
export function isHole(cell: CoverageCell): boolean {
  return HOLES.has(cell.outcome);
}

/** States for every page and module how it ended; what was asked for and never ended is `missing`. */
export function coverageOf(
  history: History,
  spec: AggregateSpec,
  manifests: ReadonlyMap<string, Manifest>,
  unreadable: UnreadableCells,
  checksPassed: number | null,
): Coverage {
  const modules = spec.modules.map((m) => m.id);
  const sampled = new Map(
    modules.map((id) => [id, spec.pages.sample === 'template' && manifests.get(id)?.defaultPages === 'template']),
  );
  const pages = history.pages.map((page): CoveragePage => {
    const status = page.completed?.status ?? 'not-reached';
    return {
      pageId: page.id,
      status,
      code: page.completed?.failure?.code ?? null,
      reason:
        page.completed?.failure?.sentence ??
        (status === 'not-reached' ? 'The scan ended before this page was done.' : duplicateReason(page)),
      modules: modules.map((id) => pageCell(page, id, sampled.get(id) ?? false, history, unreadable)),
      blockedRequests: (page.visited?.blocked ?? []).slice(0, 100),
    };
  });
  const anyScanned = pages.some((p) => p.status === 'scanned');
  const siteModules = modules.filter(
    (id) => manifests.get(id)?.site && (anyScanned || history.cells.has(cellKey('_site', id))),
  );
  const site: CoveragePage[] =
    siteModules.length === 0
      ? []
      : [
          {
            pageId: '_site',
            status: siteModules.every((id) => history.cells.has(cellKey('_site', id))) ? 'scanned' : 'not-reached',
            code: null,
            reason: null,
            modules: siteModules.map((id) => siteCell(id, history, unreadable)),
            blockedRequests: [],
          },
        ];
  const all = [...pages, ...site];
  const rows = modules.map((id) =>
    moduleRow(id, manifests.get(id)?.title ?? id, sampled.get(id) ?? false, pages, site[0]),
  );
  const cells = all.flatMap((page) => page.modules).filter((cell) => cell.outcome !== 'skipped');
  const count = (status: CoveragePage['status']) => pages.filter((p) => p.status === status).length;
  const totals: Coverage['totals'] = {
    pagesFound: pages.length,
    pagesScanned: count('scanned'),
    pagesFailed: count('failed'),
    pagesBlocked: count('blocked'),
    pagesSkipped: count('skipped'),
    pagesNotReached: count('not-reached'),
    cellsAsked: cells.length,
    cellsOk: cells.filter((c) => c.outcome === 'ok').length,
    cellsFailed: cells.filter((c) => c.outcome === 'failed' || c.outcome === 'timeout').length,
    cellsMissing: cells.filter((c) => c.outcome === 'missing').length,
    checksPassed,
  };
  return {
    sentence: coverageSentence(totals, rows, manifests, history),
    totals,
    modules: rows,
    pages: all,
    skipped: history.skipped.map((row) => ({
      ...row,
      sentence: LEFT_OUT[row.reason] ?? row.reason,
      examples: row.examples.slice(0, 100),
    })),
    blockedHosts: blockedHosts(history.pages),
  };
}

function duplicateReason(page: PageHistory): string | null {
  return page.visited?.duplicateOf ? 'It shows the same page as another address.' : null;
}

function pageCell(
  page: PageHistory,
  scanner: string,
  sampled: boolean,
  history: History,
  unreadable: UnreadableCells,
): CoverageCell {
  const ended = endedCell(page.id, scanner, history, unreadable);
  if (ended) return ended;
  const gone = (outcome: CoverageCell['outcome'], code: string | null, reason: string): CoverageCell => ({
    scanner,
    outcome,
    code,
    reason,
    milliseconds: null,
  });
  const status = page.completed?.status;
  if (status === 'skipped' || page.visited?.duplicateOf) return gone('skipped', null, 'The page was left out.');
  if (status === 'blocked')
    return gone('blocked', page.completed?.failure?.code ?? null, 'The page could not be visited.');
  if (status === 'failed')
    return gone('skipped', page.completed?.failure?.code ?? null, 'The page could not be loaded.');
  if (sampled && page.visited && !page.visited.representative)
    return gone('skipped', null, 'Another page of the same template was looked at.');
  return gone('missing', 'not_reached', 'The scan ended before this was done.');
}

function siteCell(scanner: string, history: History, unreadable: UnreadableCells): CoverageCell {
  return (
    endedCell('_site', scanner, history, unreadable) ?? {
      scanner,
      outcome: 'missing',
      code: 'not_reached',
      reason: 'The scan ended before this was done.',
      milliseconds: null,
    }
  );
}

function endedCell(
  pageId: string,
  scanner: string,
  history: History,
  unreadable: UnreadableCells,
): CoverageCell | null {
  const cell = history.cells.get(cellKey(pageId, scanner));
  if (!cell) return null;
  const { milliseconds } = cell;
  const broken = unreadable.get(cellKey(pageId, scanner));
  if (broken !== undefined) return { scanner, outcome: 'failed', code: 'bad_result', reason: broken, milliseconds };
  return {
    scanner,
    outcome: cell.outcome,
    code: cell.failure?.code ?? null,
    reason: cell.failure?.sentence ?? null,
    milliseconds,
  };
}

function moduleRow(
  scanner: string,
  title: string,
  sampled: boolean,
  pages: readonly CoveragePage[],
  site: CoveragePage | undefined,
): CoverageModule {
  const cells = pages.flatMap((p) => p.modules.filter((m) => m.scanner === scanner));
  const ok = cells.filter((c) => c.outcome === 'ok').length;
  const failed = cells.filter(isHole).length;
  const skipped = cells.length - ok - failed;
  const siteCell = site?.modules.find((m) => m.scanner === scanner)?.outcome ?? null;
  const asked = ok + failed;
  const parts = [
    `${title} looked at ${ok} of ${plural(asked, 'page')}`,
    ...(failed > 0 ? [`failed on ${failed}`] : []),
    ...(sampled ? ['one page of each template'] : []),
    ...(siteCell !== null && siteCell !== 'ok' ? ['its look at the whole site did not end well'] : []),
  ];
  return {
    scanner,
    asked,
    ok,
    failed,
    skipped,
    sampled,
    site: siteCell === 'missing' ? null : siteCell,
    sentence: `${parts.join('; ')}.`,
  };
}

function coverageSentence(
  totals: Coverage['totals'],
  rows: readonly CoverageModule[],
  manifests: ReadonlyMap<string, Manifest>,
  history: History,
): string {
  const asked = totals.pagesFound - totals.pagesSkipped;
  const parts = [`${totals.pagesScanned} of ${plural(asked, 'page')} scanned`];
  if (totals.pagesBlocked > 0) parts.push(`${totals.pagesBlocked} blocked`);
  if (totals.pagesFailed > 0) parts.push(`${totals.pagesFailed} failed to load`);
  if (totals.pagesNotReached > 0) parts.push(`${totals.pagesNotReached} not reached`);
  for (const row of rows) {
    const title = manifests.get(row.scanner)?.title ?? row.scanner;
    if (row.failed > 0) parts.push(`${title} failed on ${row.failed}`);
    else if (row.sampled && row.ok < totals.pagesScanned) parts.push(`${title} sampled ${row.ok}`);
  }
  const capped = history.skipped.find((s) => s.reason === 'page-cap');
  if (capped) parts.push(`${capped.count} more beyond the page limit`);
  return `${parts.join('; ')}.`;
}

/** `1 page`, `2 pages`. */
export function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function blockedHosts(pages: readonly PageHistory[]): Coverage['blockedHosts'] {
  const hosts = new Map<string, { count: number; pages: Set<string>; types: Set<string>; reason: string }>();
  for (const page of pages) {
    for (const { url, type, reason } of page.visited?.blocked ?? []) {
      const host = URL.parse(url)?.host || 'unreadable address';
      const row = hosts.get(host) ?? { count: 0, pages: new Set(), types: new Set(), reason };
      if (!hosts.has(host) && hosts.size >= MOST_HOSTS) continue;
      hosts.set(host, row);
      row.count += 1;
      row.pages.add(page.id);
      row.types.add(type);
    }
  }
  return [...hosts]
    .map(([host, row]) => ({
      host,
      count: row.count,
      pages: row.pages.size,
      types: [...row.types].sort(),
      reason: row.reason,
    }))
    .sort((a, b) => b.count - a.count || (a.host < b.host ? -1 : 1));
}
