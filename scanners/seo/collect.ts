import type { PageContext } from '@stageflow/engine/sdk';
import { parse } from 'parse5';
import { readMicrodata } from './data/microdata.ts';
import { readRdfa } from './data/rdfa.ts';
import { readPage } from './in-page.ts';
import type { PageRaw } from './raw.ts';
import { sourceFacts } from './source/source-facts.ts';

const LIMITS = { elements: 100_000, entries: 500, block: 200_000 };

/** Reads the rendered page, the source and the answer's headers. */
export async function collect(ctx: PageContext): Promise<PageRaw> {
  const { visit } = ctx;
  const page = await ctx.page.evaluate(readPage, LIMITS);
  const values = (name: string) =>
    visit.headers.filter(([key]) => key === name).map(([, value]) => value.slice(0, 2000));
  const rendered = /itemscope|typeof/i.test(visit.renderedHtml) ? parse(visit.renderedHtml) : null;
  return {
    ...page,
    requestedUrl: visit.requestedUrl,
    url: visit.finalUrl,
    status: visit.status,
    robotsHeaders: values('x-robots-tag').slice(0, 20),
    canonicalHeader: canonicalOf(values('link'), visit.finalUrl),
    contentType: values('content-type')[0] ?? null,
    source: sourceFacts(visit.sourceHtml),
    items: rendered ? [...readMicrodata(rendered), ...readRdfa(rendered)] : [],
  };
}

/** The canonical address of Link headers (RFC 8288), resolved; null when there is none. */
export function canonicalOf(links: readonly string[], base: string): string | null {
  for (const match of links.join(', ').matchAll(/<([^>]*)>\s*((?:;[^,]*)*)/g)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i.exec(match[2] ?? '');
    const words = (rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/);
    const target = match[1] ?? '';
    if (words.includes('canonical') && URL.canParse(target, base)) return new URL(target, base).href;
  }
  return null;
}
