import { type RedactionKind, redactText } from './redact-text.ts';
import type { Report } from './schema.ts';

/** What was masked of one kind. */
export interface Redaction {
  readonly kind: RedactionKind;
  /** How many places. */
  readonly count: number;
  /** Up to three texts around a place, already masked, each with the field it stands in. */
  readonly examples: readonly { readonly field: string; readonly text: string }[];
}

/** A report that may be shown to strangers, and what was taken out of it, most frequent first. */
export interface RedactedReport {
  readonly report: Report;
  readonly redactions: readonly Redaction[];
}

/** Fields that hold what we made ourselves: ids, hashes, keys, codes and closed words. Everything else may hold text of a page. */
const OURS: ReadonlySet<string> = new Set([
  'contractVersion',
  'id',
  'parent',
  'sha256',
  'inputSha256',
  'startedAt',
  'finishedAt',
  'endedAt',
  'pageId',
  'duplicateOf',
  'fingerprint',
  'template',
  'screenshot',
  'evidence',
  'results',
  'report',
  'key',
  'fixFirst',
  'status',
  'outcome',
  'severity',
  'confidence',
  'category',
  'isolation',
  'mode',
  'sample',
  'device',
  'band',
  'site',
]);
/** Records whose names a scanner or a tool chose: no name in them is one of ours. */
const FREE: ReadonlySet<string> = new Set(['facts', 'sandbox', 'pod', 'versions', 'egress', 'queue']);
const EXAMPLES = 3;
const AROUND = 160;

/** Masks the secrets of a report in every text that a page, an address or a scanner can reach. Pure; the same report gives the same masks. */
export function redactReport(report: Report): RedactedReport {
  const kept = new Set([
    report.job.id,
    ...(report.job.parent === null ? [] : [report.job.parent]),
    ...report.findings.flatMap((finding) => [finding.id, finding.fingerprint]),
  ]);
  const counts = new Map<RedactionKind, { count: number; examples: { field: string; text: string }[] }>();
  const known = new Map<string, ReturnType<typeof redactText>>();

  const text = (value: string, field: string): string => {
    const done = known.get(value) ?? redactText(value, kept);
    known.set(value, done);
    for (const [kind, times] of Object.entries(done.found) as [RedactionKind, number][]) {
      const sum = counts.get(kind) ?? { count: 0, examples: [] };
      sum.count += times;
      const example = { field, text: around(done.text, `[redacted ${kind}]`) };
      if (sum.examples.length < EXAMPLES && !sum.examples.some((e) => e.text === example.text))
        sum.examples.push(example);
      counts.set(kind, sum);
    }
    return done.text;
  };
  const walk = (value: unknown, name: string, field: string, free: boolean): unknown => {
    if (typeof value === 'string') return OURS.has(name) && !free ? value : text(value, field);
    if (Array.isArray(value)) return value.map((item) => walk(item, name, field, free));
    if (typeof value !== 'object' || value === null) return value;
    const made: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [key, item] of Object.entries(value)) {
      made[apart(text(key, field), made)] = walk(
        item,
        key,
        field === '' ? key : `${field}.${key}`,
        free || FREE.has(key),
      );
    }
    return { ...made };
  };
  const redacted = walk(report, '', '', false) as Report;
  return {
    report: redacted,
    redactions: [...counts]
      .map(([kind, { count, examples }]) => ({ kind, count, examples }))
      .sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1)),
  };
}

/** A name that is not taken yet: two names of facts may become one when they are masked. */
function apart(name: string, taken: Readonly<Record<string, unknown>>): string {
  let free = name;
  for (let n = 2; free in taken; n += 1) free = `${name} (${n})`;
  return free;
}

/** The neighbourhood of the first mask. */
function around(masked: string, mark: string): string {
  const at = Math.max(0, masked.indexOf(mark));
  const from = Math.max(0, at - AROUND / 2);
  const cut = masked.slice(from, from + AROUND);
  return `${from > 0 ? '…' : ''}${cut}${from + AROUND < masked.length ? '…' : ''}`;
}
