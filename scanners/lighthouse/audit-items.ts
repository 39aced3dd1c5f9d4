import { clip, type Occurrence } from '@stageflow/engine/sdk';
import type { LighthouseAudit } from './raw.ts';

interface NodeItem {
  readonly lhId?: string;
  readonly selector?: string;
  readonly snippet?: string;
  readonly explanation?: string;
  readonly nodeLabel?: string;
}

interface Item {
  readonly node?: NodeItem;
  readonly url?: string;
  readonly source?: unknown;
  readonly description?: unknown;
  readonly reason?: unknown;
  readonly wastedBytes?: number;
  readonly wastedMs?: number;
  readonly totalBytes?: number;
  readonly sourceLocation?: { readonly url?: string; readonly line?: number };
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

/** One occurrence per row that names an element or an address; else one for the page, with the audit's own value. */
export function occurrencesOf(
  audit: LighthouseAudit,
  items: readonly Item[],
  axeSelectors: Readonly<Record<string, string>>,
): Occurrence[] {
  const found: Occurrence[] = [];
  for (const item of items.slice(0, MOST)) {
    const node = item.node;
    const selector = (node?.lhId === undefined ? undefined : axeSelectors[node.lhId]) ?? node?.selector;
    const url = [item.url, item.sourceLocation?.url].find((one) => typeof one === 'string' && /^https?:/.test(one));
    const message = [reasons(node?.explanation ?? ''), text(item.description), text(item.reason), measured(item)]
      .filter((part) => typeof part === 'string' && part !== '')
      .join('; ');
    if (selector === undefined && url === undefined && message === '') continue;
    found.push({
      ...(selector === undefined ? {} : { selector }),
      ...(node?.snippet === undefined ? {} : { snippet: clip(node.snippet, 2048) }),
      ...(url === undefined ? {} : { url: clip(url, 4096) }),
      message: clip(message.replace(/\s*\n\s*/g, ' ') || audit.displayValue || audit.title.replaceAll('`', ''), 2048),
    });
  }
  if (found.length > 0) return found;
  return [{ message: clip(audit.displayValue ?? audit.explanation ?? audit.title.replaceAll('`', ''), 2048) }];
}
