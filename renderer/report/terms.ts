import type { ReportFinding } from '@stageflow/engine/report-schema';
import { markOf } from '../ui/severity.tsx';

/** One term of the search field: a plain word, or `field:value`. */
export interface Term {
  /** As it was typed. */
  readonly text: string;
  readonly field: Field | null;
  readonly value: string;
}

/** Fields that a term may name. */
const FIELDS = ['severity', 'page', 'rule', 'module', 'category', 'confidence', 'file', 'is'] as const;
type Field = (typeof FIELDS)[number];

/** Splits a search at blanks; quotes keep blanks together (`page:"/my shop"`). A field that does not exist is a plain word. */
export function termsOf(search: string): Term[] {
  return [...search.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)].map(([text]) => {
    const colon = text.indexOf(':');
    const field = colon > 0 ? FIELDS.find((name) => name === text.slice(0, colon).toLowerCase()) : undefined;
    const value = (field ? text.slice(colon + 1) : text).replaceAll('"', '').toLowerCase();
    return { text, field: field ?? null, value };
  });
}

/** What a term says of a finding. A value with `*` must fit as a whole; one without is looked for inside. Severities must be the word itself. */
export function matcherOf(
  { field, value }: Term,
  pathOf: (pageId: string) => string,
): (finding: ReportFinding) => boolean {
  const fits = fitting(value);
  const has = (text: string | null) => text !== null && fits(text.toLowerCase());
  const page = ({ pageId, url }: ReportFinding['occurrences'][number]) =>
    pageId !== null && (has(pathOf(pageId)) || has(url));
  switch (field) {
    case 'severity':
      return (f) => value.split(',').includes(markOf(f));
    case 'is':
      return (f) => (value === 'review' ? f.outcome === 'needs-review' : f.outcome === value);
    case 'page':
      return (f) => f.occurrences.some(page);
    case 'rule':
      return (f) => has(f.issue) || f.witnesses.some((w) => has(w.rule));
    case 'module':
      return (f) => f.witnesses.some((w) => has(w.scanner));
    case 'category':
      return (f) => has(f.category);
    case 'confidence':
      return (f) => has(f.confidence);
    case 'file':
      return (f) => f.occurrences.some((o) => has(o.file));
    case null:
      return (f) =>
        has(f.title) ||
        has(f.issue) ||
        has(f.category) ||
        f.witnesses.some((w) => has(w.rule)) ||
        f.standards.some((s) => has(`${s.name} ${s.criterion}`)) ||
        f.occurrences.some((o) => page(o) || has(o.selector) || has(o.file) || has(o.message) || has(o.target));
  }
}

function fitting(value: string): (text: string) => boolean {
  if (!value.includes('*')) return (text) => text.includes(value);
  const parts = value.split('*');
  const [head = '', tail = ''] = [parts[0], parts.at(-1)];
  // By hand, since a pattern of many stars must not be able to stall the page.
  return (text) => {
    if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false;
    let at = head.length;
    for (const part of parts.slice(1, -1)) {
      const found = text.indexOf(part, at);
      if (found === -1 || found + part.length > text.length - tail.length) return false;
      at = found + part.length;
    }
    return true;
  };
}
