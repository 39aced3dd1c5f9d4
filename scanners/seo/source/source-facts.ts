import { parse } from 'parse5';
import type { SourceFacts } from '../raw.ts';
import { attribute, type Element, elements, textOf } from './tree.ts';

/** Reads the document as the server sent it; null when it is no HTML at all. */
export function sourceFacts(html: string): SourceFacts | null {
  if (!/<[a-z!]/i.test(html)) return null;
  const head: Element[] = [];
  for (const element of elements(parse(html, { sourceCodeLocationInfo: true }))) {
    if (['title', 'meta', 'link'].includes(element.tagName) && inHead(element)) head.push(element);
    if (head.length > 1000) break;
  }
  const meta = (name: string) =>
    head.find((one) => one.tagName === 'meta' && attribute(one, 'name')?.trim().toLowerCase() === name);
  const title = head.find((one) => one.tagName === 'title');
  const canonical = head.find(
    (one) => one.tagName === 'link' && (attribute(one, 'rel') ?? '').toLowerCase().split(/\s+/).includes('canonical'),
  );
  const charset = head.find((one) => {
    if (one.tagName !== 'meta') return false;
    const equiv = attribute(one, 'http-equiv')?.trim().toLowerCase() === 'content-type';
    return attribute(one, 'charset') !== null || (equiv && /charset\s*=/i.test(attribute(one, 'content') ?? ''));
  });
  const end = charset?.sourceCodeLocation?.endOffset;
  return {
    title: title ? textOf(title).slice(0, 1000) : null,
    description: trimmed(meta('description')),
    canonical: canonical ? (attribute(canonical, 'href') ?? '').trim().slice(0, 4000) : null,
    robots: trimmed(meta('robots')),
    charsetEnd: end === undefined ? null : Buffer.byteLength(html.slice(0, end)),
    byteOrderMark: html.startsWith('\uFEFF'),
  };
}

function trimmed(meta: Element | undefined): string | null {
  return meta ? (attribute(meta, 'content') ?? '').trim().slice(0, 2000) : null;
}

function inHead(element: Element): boolean {
  return element.parentNode !== null && 'tagName' in element.parentNode && element.parentNode.tagName === 'head';
}
