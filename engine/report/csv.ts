import { lawfulText } from './markup.ts';
import type { Report } from './schema.ts';

const COLUMNS = [
  'severity',
  'outcome',
  'confidence',
  'category',
  'title',
  'page',
  'selector',
  'target',
  'message',
  'file',
  'line',
  'column',
  'witnesses',
  'standards',
  'how to fix',
  'fingerprint',
] as const;

/** CSV (RFC 4180, UTF-8 with a byte order mark so that spreadsheets read it right): one row per place. No cell can become a formula. */
export function renderCsv(report: Report): string {
  const rows = report.findings.flatMap((f) =>
    f.occurrences.map((o) => [
      f.severity,
      o.outcome,
      f.confidence,
      f.category,
      f.title,
      o.url,
      o.selector,
      o.target,
      o.message,
      o.file,
      o.line,
      o.column,
      f.witnesses
        .filter((w) => o.scanners.includes(w.scanner))
        .map((w) => `${w.scanner}/${w.rule}`)
        .join(' '),
      f.standards.map((s) => `${s.name} ${s.criterion}`).join('; '),
      f.howToFix,
      f.fingerprint,
    ]),
  );
  return `\ufeff${[COLUMNS, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** Text that a spreadsheet would run starts with one of these, possibly after spaces; an apostrophe makes it text. */
const FORMULA = /^[\s\u00a0\ufeff\ufffd]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|^[\t\r\n]/;

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = lawfulText(value);
  const tame = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}
