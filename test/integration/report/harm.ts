import type { Page } from 'playwright-core';
import type { Report } from '../../../engine/report/index.ts';

/** Each of these in every text field of a report. What it must never do is set `window.hit`. */
export const TEXTS: readonly (readonly [string, string])[] = [
  ['script tags', `</script><script>window.hit=1</script>`],
  ['event handlers', `"'><img src=x onerror="window.hit=1"><svg onload=window.hit=1>`],
  ['javascript: links', `javascript:window.hit=1//"onclick="window.hit=1`],
  ['data: links', `data:text/html,<script>window.hit=1</script>`],
  ['control and bidi marks', `\u001b[31mred\u0007 \u202eright to left\u2066 \u200f\u0000 \ud800`],
  ['right-to-left titles', `مرحبا بالعالم ‏שלום עולם 123 (abc)`],
  ['long words', `W${'w'.repeat(5000)}`],
  ['100 KB titles', `T${'itle '.repeat(20_000)}`],
  ['100 KB without a blank', 'x'.repeat(100_000)],
];

const SCREENS = ['overview', 'findings', 'pages', 'coverage', 'artifacts', 'provenance'] as const;

/** Addresses of every screen, the ones that are about a finding and a page included. */
export function addressesOf(report: Report): string[] {
  const name = (id: string | undefined) => encodeURIComponent((id ?? '').slice(0, 4000));
  const wild = encodeURIComponent(report.findings[0]?.title.slice(0, 1000).replace(/[\ud800-\udfff]/g, '') ?? '');
  return [
    ...SCREENS.map((screen) => `#/${screen}`),
    `#/findings?q=${wild}&module=${wild}&page=${wild}&severity=${wild}`,
    '#/findings?group=page',
    ...(report.findings[0]?.id.includes('\ud800')
      ? []
      : [`#/findings/${name(report.findings[0]?.id)}`, `#/pages/${name(report.pages[0]?.id)}`]),
  ];
}

/** What a page could have been made to do or be, asked inside it. */
export function harm(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate(() => {
    const g = globalThis as unknown as {
      hit?: unknown;
      document: {
        querySelectorAll(s: string): ArrayLike<{ protocol: string; localName: string; getAttributeNames(): string[] }>;
        documentElement: { scrollWidth: number; clientWidth: number };
      };
    };
    const all = (selector: string) => Array.from(g.document.querySelectorAll(selector));
    return {
      ran: g.hit !== undefined,
      links: [...new Set(all('a[href]').map((a) => a.protocol))].filter(
        (p) => !['file:', 'http:', 'https:', ':', undefined].includes(p),
      ),
      strangers: all('main script, main iframe, main object, main embed, main form, main base, main link, main style')
        .length,
      handlers: all('*').flatMap((e) => e.getAttributeNames().filter((n) => n.startsWith('on'))),
      sideways: g.document.documentElement.scrollWidth - g.document.documentElement.clientWidth,
    };
  });
}

/** What a page says that was made to do nothing. */
export const HARMLESS = { ran: false, links: [], strangers: 0, handlers: [], sideways: 0 };
