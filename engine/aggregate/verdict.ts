import type { Coverage, CoverageCell, SeverityCounts, Verdict, VerdictReason } from '../report/schema.ts';
import { SEVERITIES } from '../scanner/index.ts';
import { isHole, plural } from './coverage.ts';

/**
 * Complete, incomplete or nothing. Incomplete: a cell that was asked for failed, timed out or never ended; a page that was
 * asked for was blocked, failed or never reached; the job was cancelled or failed. Not incomplete: caps, sampling, robots,
 * duplicates, not measurable here, needs-review. Nothing: no cell of any page ended well.
 */
export function verdictOf(
  coverage: Coverage,
  counts: SeverityCounts,
  failure: { readonly code: string; readonly sentence: string } | null,
  titles: ReadonlyMap<string, string>,
  ignored = 0,
): Verdict {
  const reasons: VerdictReason[] = [
    ...(failure ? [{ ...failure, scanner: null, count: 1, pages: [] }] : []),
    ...pageReasons(coverage),
    ...cellReasons(coverage, titles),
  ];
  const judged = coverage.pages.some(
    (page) => page.pageId !== '_site' && page.modules.some((cell) => cell.outcome === 'ok'),
  );
  const status = judged ? (reasons.length > 0 ? 'incomplete' : 'complete') : 'nothing';
  return { status, sentence: sentenceOf(status, coverage, counts, reasons, ignored), reasons };
}

function pageReasons(coverage: Coverage): VerdictReason[] {
  const groups = new Map<string, { code: string; sentence: string; pages: string[] }>();
  for (const page of coverage.pages) {
    if (page.pageId === '_site' || page.status === 'scanned' || page.status === 'skipped') continue;
    // A link that leads to something other than a page was never a page to scan.
    if (page.code === 'page_not_html') continue;
    const code =
      page.code ??
      (page.status === 'not-reached' ? 'not_reached' : page.status === 'blocked' ? 'page_blocked' : 'page_failed');
    const group = groups.get(code) ?? { code, sentence: page.reason ?? 'The page could not be looked at.', pages: [] };
    group.pages.push(page.pageId);
    groups.set(code, group);
  }
  return [...groups.values()].map((g) => ({
    code: g.code,
    sentence: g.sentence,
    scanner: null,
    count: g.pages.length,
    pages: g.pages.slice(0, 100),
  }));
}

function cellReasons(coverage: Coverage, titles: ReadonlyMap<string, string>): VerdictReason[] {
  const groups = new Map<string, { cell: CoverageCell; pages: string[] }>();
  for (const page of coverage.pages) {
    // A page that was never reached is one reason, not one for each module.
    if (page.pageId !== '_site' && page.status === 'not-reached') continue;
    for (const cell of page.modules) {
      if (!isHole(cell)) continue;
      const key = `${cell.scanner} ${cell.code ?? cell.outcome}`;
      const group = groups.get(key) ?? { cell, pages: [] };
      group.pages.push(page.pageId);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ cell, pages }) => ({
    code: cell.code ?? (cell.outcome === 'timeout' ? 'cell_timeout' : 'cell_failed'),
    sentence: cell.reason ?? `The module ${titles.get(cell.scanner) ?? cell.scanner} did not finish.`,
    scanner: cell.scanner,
    count: pages.length,
    pages: pages.slice(0, 100),
  }));
}

function sentenceOf(
  status: Verdict['status'],
  coverage: Coverage,
  counts: SeverityCounts,
  reasons: readonly VerdictReason[],
  ignored: number,
): string {
  const { totals } = coverage;
  if (status === 'nothing') {
    const why = reasons[0]?.sentence ?? 'No page was found.';
    return `Nothing could be judged. ${why}`;
  }
  const fails = SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0);
  const grave = SEVERITIES.filter((s) => (s === 'critical' || s === 'serious') && counts[s] > 0).map(
    (s) => `${counts[s]} ${s}`,
  );
  const found =
    fails === 0
      ? `Nothing to fix was found on ${plural(totals.pagesScanned, 'page')}`
      : `${plural(fails, 'thing')} to fix on ${plural(totals.pagesScanned, 'page')}${grave.length > 0 ? `, ${grave.join(' and ')}` : ', none of them serious'}`;
  const review =
    counts.review > 0 ? ` ${counts.review} more ${counts.review === 1 ? 'needs' : 'need'} a person to decide.` : '';
  const aside = ignored > 0 ? ` ${ignored} ${ignored === 1 ? 'was' : 'were'} set aside by people.` : '';
  return `${status === 'incomplete' ? 'Incomplete: ' : ''}${found}.${review}${aside}`;
}
