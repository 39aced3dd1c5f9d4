import { type Comparison, compareReports } from '@stageflow/engine/aggregate';
import { EXIT } from '@stageflow/engine/kernel';
import type { ReportFinding } from '@stageflow/engine/report';
import { SEVERITIES, type Severity } from '@stageflow/engine/scanner';
import type { PlaceOptions } from './desk/desk.ts';
import { loadReport } from './report.ts';
import { readFailOn } from './scan/gate.ts';
import { printable } from './scan/progress.ts';
import { table } from './table.ts';

/** New failures of a severity or worse: what `--fail-on` judges. Findings that want a person's eye are no failures. */
export function regressions(comparison: Pick<Comparison, 'new'>, failOn: Severity | null): readonly ReportFinding[] {
  if (failOn === null) return [];
  const worst = SEVERITIES.indexOf(failOn);
  return comparison.new.filter((f) => f.outcome === 'fail' && SEVERITIES.indexOf(f.severity) <= worst);
}

/** `./stageflow compare A B`: what became of each cause between two scans. Exit 1 with `--fail-on` when new ones of that severity are there. */
export async function compareCommand(
  before: string,
  after: string,
  options: PlaceOptions & { readonly json?: boolean; readonly failOn?: string },
): Promise<number> {
  const failOn = readFailOn(options.failOn);
  const [earlier, later] = [await loadReport(before, options), await loadReport(after, options)];
  const comparison = compareReports(earlier, later);
  const bad = regressions(comparison, failOn);
  const code = bad.length > 0 ? EXIT.policyFailed : EXIT.pass;
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ before, after, ...comparison }, null, 2)}\n`);
    return code;
  }
  const kinds = [
    ['new', comparison.new],
    ['fixed', comparison.fixed],
    ['same', comparison.same],
    ['not comparable', comparison.notComparable],
  ] as const;
  const rows = kinds.flatMap(([kind, findings]) =>
    findings.map((f) => [kind, f.severity, String(f.occurrencesTotal), f.title]),
  );
  if (rows.length > 0) process.stdout.write(table(['', 'severity', 'places', 'cause'], rows));
  for (const caution of comparison.cautions) process.stdout.write(`Note: ${printable(caution)}\n`);
  const counts = kinds.map(([kind, findings]) => `${findings.length} ${kind}`).join(', ');
  const verdict = bad.length > 0 ? `not green (exit ${code}): ${bad.length} new of severity ${failOn} or worse; ` : '';
  process.stdout.write(`${verdict}${counts}\n`);
  return code;
}
