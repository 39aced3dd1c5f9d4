import { clip, type Occurrence } from '@stageflow/engine/sdk';
import type { LighthouseAudit, LighthouseRaw } from './raw.ts';

interface NodeItem {
  readonly lhId?: string;
  readonly selector?: string;
  readonly snippet?: string;
  readonly explanation?: string;
  readonly nodeLabel?: string;
}

/** A place in a script or document; line and column count from 0. */
interface SourceLocation {
  readonly url?: string;
  readonly line?: number;
  readonly column?: number;
}

interface Item {
  readonly node?: NodeItem;
  readonly url?: string;
  /** Of a console message the word for where it came from; of a discouraged call the place in a script. */
  readonly source?: unknown;
  readonly description?: unknown;
  readonly reason?: unknown;
  readonly wastedBytes?: number;
  readonly wastedMs?: number;
  readonly totalBytes?: number;
  readonly sourceLocation?: SourceLocation;
  /** Of a discouraged call: what the browser says of it. */
  readonly value?: unknown;
  /** Of a line of robots.txt: its number, its text, and what is wrong with it. */
  readonly index?: unknown;
  readonly line?: unknown;
  readonly message?: unknown;
  readonly failureType?: string;
}

const MOST = 200;

/** The rows of an audit's table; lists of tables are flattened. */
export function itemsOf(audit: LighthouseAudit): Item[] {
  const items = audit.details?.items;
  if (!Array.isArray(items)) return [];
  return (items as (Item & { readonly type?: string; readonly items?: unknown })[]).flatMap((item) => {
    if (typeof item !== 'object' || item === null) return [];
    if ((item.type === 'table' || item.type === 'opportunity') && Array.isArray(item.items))
      return item.items as Item[];
    return item.type === 'node' ? [{ node: item as NodeItem }] : [item];
  });
}

const text = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  const inner = (value as { value?: unknown } | null | undefined)?.value;
  return typeof inner === 'string' ? inner : null;
};

function measured(item: Item): string | null {
  const parts = [
    typeof item.wastedBytes === 'number' && item.wastedBytes > 0
      ? `${Math.round(item.wastedBytes / 1024)} KiB could be saved`
      : null,
    typeof item.wastedMs === 'number' && item.wastedMs > 0 ? `${Math.round(item.wastedMs)} ms could be saved` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
}

const CONTRAST =
  /^Element has insufficient color contrast of ([\d.]+) \(foreground color: (#\w+), background color: (#\w+),.* Expected contrast ratio of ([\d.]+:1)$/;
const LEAD = /^Fix (any|all) of the following:$/;

/** axe's reasons for a node, as Lighthouse passes them on: in the words of our own axe module, so that what both say is said once. */
function reasons(explanation: string): string {
  const must: string[] = [];
  const either: string[] = [];
  let under = must;
  for (const line of explanation.split('\n').map((one) => one.trim())) {
    const lead = LEAD.exec(line)?.[1];
    if (lead !== undefined) under = lead === 'any' ? either : must;
    else if (line !== '') under.push(line.replace(CONTRAST, 'contrast $1:1, needed $4 (text $2 on $3)'));
  }
  const alternatives = either.length > 1 ? `one of: ${either.join('; ')}` : either.join('');
  return [...must, alternatives].filter((part) => part !== '').join('; ');
}

/** What audits say in columns of their own. */
function ownWords(audit: LighthouseAudit, item: Item): string | null {
  if (audit.id === 'deprecations') return text(item.value);
  if (audit.id !== 'robots-txt' || text(item.message) === null) return null;
  const where = /^\d+$/.test(String(item.index)) ? `line ${String(item.index)}: ` : '';
  return `${where}${text(item.line) ?? ''} (${text(item.message)})`;
}

/** The place in a script or document that a row names. */
function sourceOf(item: Item): SourceLocation | null {
  const place = item.sourceLocation ?? item.source;
  return typeof place === 'object' ? (place as SourceLocation | null) : null;
}

/** Where in a text a row points; a resource that failed is at no line, though Lighthouse says 0. */
function textOf(audit: LighthouseAudit, item: Item, pageUrl: string): Pick<Occurrence, 'textUrl' | 'line' | 'column'> {
  if (audit.id === 'robots-txt') {
    const line = Number(item.index);
    return Number.isInteger(line) && line > 0 && URL.canParse(pageUrl)
      ? { textUrl: new URL('/robots.txt', pageUrl).href, line }
      : {};
  }
  const place = sourceOf(item);
  if (place === null || item.source === 'network') return {};
  const { url, line, column } = place;
  if (typeof url !== 'string' || !/^https?:/.test(url) || !Number.isInteger(line)) return {};
  return {
    textUrl: clip(url, 4096),
    line: (line as number) + 1,
    ...(Number.isInteger(column) ? { column: (column as number) + 1 } : {}),
  };
}

/** One occurrence per row that names an element or an address; else one for the page, with the audit's own value. */
export function occurrencesOf(
  audit: LighthouseAudit,
  items: readonly Item[],
  { axeSelectors, elements, report }: Pick<LighthouseRaw, 'axeSelectors' | 'elements' | 'report'>,
): Occurrence[] {
  const found: Occurrence[] = [];
  for (const item of items.slice(0, MOST)) {
    const node = item.node;
    const selector = (node?.lhId === undefined ? undefined : axeSelectors[node.lhId]) ?? node?.selector;
    const url = [item.url, sourceOf(item)?.url].find((one) => typeof one === 'string' && /^https?:/.test(one));
    const message = [
      reasons(node?.explanation ?? ''),
      text(item.description),
      text(item.reason),
      ownWords(audit, item),
      measured(item),
    ]
      .filter((part) => typeof part === 'string' && part !== '')
      .join('; ');
    if (selector === undefined && url === undefined && message === '') continue;
    found.push({
      ...(selector === undefined ? {} : { selector }),
      ...(node?.snippet === undefined ? {} : { snippet: clip(node.snippet, 2048) }),
      ...(url === undefined ? {} : { url: clip(url, 4096) }),
      message: clip(message.replace(/\s*\n\s*/g, ' ') || audit.displayValue || audit.title.replaceAll('`', ''), 2048),
      ...(node?.lhId === undefined ? {} : elements?.[node.lhId]),
      ...textOf(audit, item, report.finalDisplayedUrl ?? report.requestedUrl ?? ''),
    });
  }
  if (found.length > 0) return found;
  return [{ message: clip(audit.displayValue ?? audit.explanation ?? audit.title.replaceAll('`', ''), 2048) }];
}
