import type { Report } from '../../../engine/report/index.ts';
import { cause, place, sample } from '../../../engine/report/test/sample.ts';

const SEVERITIES = ['critical', 'serious', 'moderate', 'minor', 'info'] as const;

/** A report of many pages and places: one cause that shows nearly everywhere, a few hundred smaller ones, each place with all its texts. */
export function largeReport(pages: number, places: number): Report {
  const ids = Array.from({ length: pages }, (_, i) => `p${i.toString(16).padStart(16, '0')}`);
  const everywhere = Math.floor(places / 4);
  const rest = Math.ceil((places - everywhere) / 300);
  const placesOf = (from: number, many: number) =>
    Array.from({ length: many }, (_, k) => {
      const page = (from + k) % pages;
      return place({
        pageId: ids[page] ?? null,
        url: `http://site.localhost/section-${page % 20}/article-${page}.html`,
        selector: `main > article:nth-child(${k + 1}) > div.card > a.button.primary`,
        snippet: `<a class="button primary" href="/section-${page % 20}/more-${k}.html">Read more about number ${k}</a>`,
        message: `contrast 2.${k % 10}:1, needed 4.5:1 (text #8a8a8a on #ffffff)`,
        file: `section-${page % 20}/article-${page}.html`,
        line: k + 1,
        box: { x: 10, y: k, width: 200, height: 24 },
      });
    });
  const causes = Array.from({ length: 301 }, (_, i) =>
    cause({
      id: `c${i}`,
      fingerprint: i.toString(16).padStart(32, '0'),
      title: i === 0 ? 'Links do not say where they lead' : `Fault number ${i} of a kind that many pages share`,
      severity: SEVERITIES[i % 5] ?? 'info',
      occurrences:
        i === 0 ? placesOf(0, everywhere) : placesOf(i * 7, Math.min(rest, places - everywhere - (i - 1) * rest)),
    }),
  );
  const base = sample(causes);
  const [page] = base.pages;
  const [cells] = base.coverage.pages;
  if (!page || !cells) throw new TypeError('the sample has a page');
  return {
    ...base,
    pages: ids.map((id, i) => ({
      ...page,
      id,
      path: `/section-${i % 20}/article-${i}.html`,
      title: `Article ${i}`,
      depth: i % 5,
    })),
    coverage: { ...base.coverage, pages: ids.map((pageId) => ({ ...cells, pageId })) },
    summary: { ...base.summary, byPage: ids.map((pageId) => ({ pageId, causes: base.summary.causes })) },
  };
}
