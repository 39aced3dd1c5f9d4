import type { Severity } from '../scanner/finding.ts';
import { lawfulText } from './markup.ts';
import type { Report, ReportFinding, ReportOccurrence } from './schema.ts';

/** Code hosts keep this many results of a run and drop the rest in an order of their own; we drop the mildest. */
const MOST_RESULTS = 5000;
const MOST_TAGS = 10;

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  serious: 'error',
  moderate: 'warning',
  minor: 'note',
  info: 'note',
};
/** Numbers by which code hosts sort. */
const RANK: Readonly<Record<Severity, number>> = { critical: 95, serious: 75, moderate: 50, minor: 25, info: 5 };

interface Row {
  readonly finding: ReportFinding;
  readonly occurrence: ReportOccurrence;
  readonly rule: string;
  /** Tells equal occurrences of one cause on one page apart. */
  readonly nth: number;
}

/** SARIF 2.1.0: one run per module, results worst first, at most 5,000 of them; what was dropped is stated in the run. */
export function renderSarif(report: Report, options: { readonly maxResults?: number } = {}): string {
  const most = options.maxResults ?? MOST_RESULTS;
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: report.scanners.map((scanner) => runOf(report, scanner, most)),
  };
  return `${JSON.stringify(log, null, 1)}\n`;
}

function runOf(report: Report, scanner: Report['scanners'][number], most: number) {
  const rows = report.findings.flatMap((finding) => rowsOf(finding, scanner.id));
  const kept = rows.slice(0, most);
  const ruleIds = [...new Set(rows.map((r) => r.rule))].sort();
  const holes = report.coverage.modules.find((m) => m.scanner === scanner.id);
  const notes = [
    ...(rows.length > kept.length
      ? [`${rows.length - kept.length} milder results of ${rows.length} were left out.`]
      : []),
    ...(holes && holes.failed > 0 ? [holes.sentence] : []),
  ];
  return {
    tool: {
      driver: {
        name: `Stageflow ${scanner.title}`,
        ...(scanner.version === null ? {} : { semanticVersion: scanner.version }),
        rules: ruleIds.map((id) => ruleOf(report.findings, scanner.id, id)),
      },
    },
    automationDetails: { id: `stageflow/${scanner.id}/` },
    invocations: [
      {
        executionSuccessful: scanner.cellsFailed === 0 && report.verdict.status === 'complete',
        ...(notes.length === 0
          ? {}
          : { toolExecutionNotifications: notes.map((text) => ({ level: 'warning', message: { text } })) }),
      },
    ],
    properties: {
      resultsTotal: rows.length,
      resultsDropped: rows.length - kept.length,
      coverage: report.coverage.sentence,
    },
    columnKind: 'utf16CodeUnits',
    results: kept.map((row) => resultOf(row, ruleIds)),
  };
}

function rowsOf(finding: ReportFinding, scanner: string): Row[] {
  const rule = finding.witnesses.find((w) => w.scanner === scanner)?.rule;
  if (rule === undefined) return [];
  const seen = new Map<string, number>();
  return finding.occurrences
    .filter((o) => o.scanners.includes(scanner))
    .map((occurrence) => {
      const page = occurrence.pageId ?? '_site';
      const nth = (seen.get(page) ?? 0) + 1;
      seen.set(page, nth);
      return { finding, occurrence, rule, nth };
    });
}

function ruleOf(findings: readonly ReportFinding[], scanner: string, id: string) {
  const finding = findings.find((f) => f.witnesses.some((w) => w.scanner === scanner && w.rule === id));
  const witness = finding?.witnesses.find((w) => w.scanner === scanner && w.rule === id);
  const tags = [finding?.category ?? '', ...(finding?.standards.map((s) => `${s.name} ${s.criterion}`) ?? [])].filter(
    (t) => t !== '',
  );
  return {
    id,
    shortDescription: { text: lawfulText(witness?.title ?? id) },
    fullDescription: { text: lawfulText(witness?.title ?? id) },
    help: { text: lawfulText(finding?.howToFix ?? '') },
    ...(witness?.helpUrl ? { helpUri: witness.helpUrl } : {}),
    defaultConfiguration: { level: LEVEL[witness?.severity ?? 'info'] },
    properties: {
      tags: [...new Set(tags)].slice(0, MOST_TAGS),
      precision: PRECISION[witness?.confidence ?? 'possible'],
    },
  };
}

const PRECISION = { certain: 'very-high', likely: 'high', possible: 'medium' } as const;

function resultOf({ finding, occurrence, rule, nth }: Row, ruleIds: readonly string[]) {
  const review = occurrence.outcome === 'needs-review';
  const text = [finding.title, occurrence.message, `How to fix: ${finding.howToFix}`].filter((t) => t).join('\n');
  return {
    ruleId: rule,
    ruleIndex: ruleIds.indexOf(rule),
    kind: review ? 'review' : 'fail',
    level: review ? 'none' : LEVEL[finding.severity],
    rank: RANK[finding.severity],
    message: { text: lawfulText(text) },
    locations: [locationOf(occurrence)],
    partialFingerprints: {
      'stageflowCause/v2': finding.fingerprint,
      'stageflowPlace/v2': `${finding.fingerprint}:${pathOf(occurrence.url)}:${nth}`,
    },
    properties: { severity: finding.severity, confidence: finding.confidence, page: occurrence.url },
  };
}

function locationOf(occurrence: ReportOccurrence) {
  const { file, line, column, snippet, selector } = occurrence;
  const region =
    line === null
      ? {}
      : {
          region: {
            startLine: line,
            ...(column === null ? {} : { startColumn: column }),
            ...(snippet === null ? {} : { snippet: { text: lawfulText(snippet) } }),
          },
        };
  const uri = file === null ? occurrence.url : lawfulText(file).split('/').map(encodeURIComponent).join('/');
  return {
    physicalLocation: { artifactLocation: { uri: uri === '' ? '/' : uri }, ...region },
    ...(selector === null ? {} : { logicalLocations: [{ fullyQualifiedName: lawfulText(selector), kind: 'element' }] }),
  };
}

/** The part of an address that is the same on every host. */
function pathOf(address: string): string {
  const url = URL.parse(address);
  return url ? `${url.pathname}${url.search}` : address;
}
