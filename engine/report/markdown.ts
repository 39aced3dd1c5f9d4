import { SEVERITIES } from '../scanner/finding.ts';
import { lawfulText } from './markup.ts';
import type { Report, ReportFinding } from './schema.ts';

/** Comments on code hosts hold 64 KB; whole summaries above their limit are dropped, so we stay below. Bytes of UTF-8. */
const BUDGET = 60_000;
const MOST_FIXES = 10;

/** A Markdown summary for a comment or a step summary: verdict, scores, fixes worth most, coverage; at most 60 KB. */
export function renderMarkdown(report: Report, options: { readonly reportUrl?: string } = {}): string {
  const { verdict, coverage, summary } = report;
  const what = report.job.source.kind === 'zip' ? report.job.source.filename : (report.job.source.urls[0] ?? '');
  const head = [
    `## Stageflow: ${inline(what, 120)}`,
    `**${inline(verdict.sentence, 600)}**`,
    `Coverage: ${inline(coverage.sentence, 600)}`,
    ...(options.reportUrl === undefined
      ? []
      : [`[Open the report](<${encodeURI(options.reportUrl).replaceAll('>', '%3E')}>)`]),
    ...(verdict.reasons.length === 0
      ? []
      : [
          list(
            'Why it is not complete',
            verdict.reasons.slice(0, 20).map((r) => `${inline(r.sentence, 300)} (${r.count})`),
          ),
        ]),
    countsTable(report),
    ...(summary.byModule.some((m) => m.score !== null) ? [scoresTable(report)] : []),
  ];
  const order = [
    ...summary.fixFirst.flatMap((id) => report.findings.find((f) => f.id === id) ?? []),
    ...report.findings.filter((f) => f.outcome === 'fail'),
  ];
  const fixes = [...new Set(order)].slice(0, MOST_FIXES);
  let text = `${head.join('\n\n')}\n`;
  let shown = 0;
  if (fixes.length > 0) text += '\n### Fix first\n';
  for (const finding of fixes) {
    const next = `\n${shown + 1}. ${fix(finding)}\n`;
    if (Buffer.byteLength(text + next) > BUDGET - 200) break;
    text += next;
    shown += 1;
  }
  const rest = report.findings.length - shown;
  return rest > 0 ? `${text}\n${rest} more ${rest === 1 ? 'cause is' : 'causes are'} in the full report.\n` : text;
}

function fix(finding: ReportFinding): string {
  const first = finding.occurrences[0];
  const where = first
    ? first.file === null
      ? first.url
      : `${first.file}${first.line === null ? '' : `:${first.line}`}`
    : '';
  const pages = `${finding.pagesAffected} ${finding.pagesAffected === 1 ? 'page' : 'pages'}, ${finding.occurrencesTotal} ${finding.occurrencesTotal === 1 ? 'place' : 'places'}`;
  return [
    `**${finding.severity}** · ${inline(finding.title, 300)} (${pages})`,
    `   ${inline(finding.howToFix, 500)}`,
    ...(where === ''
      ? []
      : [`   First seen: ${code(where, 300)}${first?.selector ? ` at ${code(first.selector, 200)}` : ''}`]),
  ].join('\n');
}

function countsTable({ summary }: Report): string {
  const heads = [...SEVERITIES, 'review'] as const;
  return [
    `| | ${heads.join(' | ')} |`,
    `|---|${heads.map(() => '--:').join('|')}|`,
    `| causes | ${heads.map((h) => summary.causes[h]).join(' | ')} |`,
    `| places | ${heads.map((h) => summary.occurrences[h]).join(' | ')} |`,
  ].join('\n');
}

function scoresTable(report: Report): string {
  const rows = report.scanners.flatMap((s) =>
    s.scores.map(
      (score) =>
        `| ${inline(s.title, 60)} | ${inline(score.title, 60)} | ${score.value ?? '–'} | ${score.band ?? inline(score.reason ?? '', 200)} |`,
    ),
  );
  return ['| module | score | 0-100 | |', '|---|---|--:|---|', ...rows.slice(0, 40)].join('\n');
}

function list(title: string, items: readonly string[]): string {
  return `${title}:\n${items.map((item) => `- ${item}`).join('\n')}`;
}

/** Hostile text as words: one line, no markup, no mentions, no links of its own. */
function inline(text: string, most: number): string {
  const line = lawfulText(text).replace(/\s+/g, ' ').trim();
  const cut = line.length > most ? `${line.slice(0, most - 1)}…` : line;
  return lawfulText(cut)
    .replace(/[\\`*_{}[\]<>()#|~!]/g, (c) => `\\${c}`)
    .replaceAll('&', '&amp;')
    .replaceAll('@', '@\u200b')
    .replace(/(https?):\/\//gi, '$1:\u200b//');
}

/** Hostile text as code, in a fence longer than any run of backticks in it. */
function code(text: string, most: number): string {
  const line = lawfulText(text).replace(/\s+/g, ' ').trim().slice(0, most);
  const runs = line.match(/`+/g)?.map((r) => r.length) ?? [0];
  const fence = '`'.repeat(Math.max(...runs) + 1);
  return `${fence} ${lawfulText(line)} ${fence}`;
}
