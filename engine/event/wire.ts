import type { StageflowEvent } from './catalog.ts';

/** Text longer than this, in bytes of UTF-8, is shortened before it is published; the rest up to 256 KiB is for headers. */
export const WIRE_BYTES = 200 * 1024;

/** Longest array and string that remain, step by step, until the text fits. The last step always fits: schemas bound everything else. */
const STEPS = [
  { items: 1000, characters: Number.POSITIVE_INFINITY },
  { items: 100, characters: Number.POSITIVE_INFINITY },
  { items: 10, characters: Number.POSITIVE_INFINITY },
  { items: 1, characters: 2048 },
] as const;

/** Free-form objects (options of a module), which no schema bounds: emptied in the last step. */
const FREE_FORM = 'options';

function shorten(value: unknown, path: string, step: (typeof STEPS)[number], cut: string[]): unknown {
  if (typeof value === 'string' && value.length > step.characters) {
    cut.push(path);
    return value.slice(0, step.characters);
  }
  if (Array.isArray(value)) {
    if (value.length > step.items) cut.push(path);
    return value.slice(0, step.items).map((item, at) => shorten(item, `${path}.${at}`, step, cut));
  }
  if (typeof value !== 'object' || value === null) return value;
  if (path.endsWith(`.${FREE_FORM}`) && step.items === 1) {
    cut.push(path);
    return {};
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, shorten(item, `${path}.${key}`, step, cut)]),
  );
}

/**
 * The text of an event as it is published. A message tells that something happened; the ledger is the record. So an
 * event too big for a message travels with its longest lists shortened and `trimmed` naming them, and whoever needs
 * the whole reads it from the ledger by id. Publishing therefore never fails for size.
 */
export function wireText(event: StageflowEvent): string {
  const whole = JSON.stringify(event);
  if (Buffer.byteLength(whole) <= WIRE_BYTES) return whole;
  let text = whole;
  for (const step of STEPS) {
    const cut: string[] = [];
    const data = shorten(event.data, 'data', step, cut);
    text = JSON.stringify({ ...event, data, trimmed: cut.slice(0, 100) });
    if (Buffer.byteLength(text) <= WIRE_BYTES) break;
  }
  return text;
}
