import { errorRow, EXIT, isErrorCode } from '@stageflow/engine/kernel';
import type { JobRow } from '@stageflow/engine/ledger';
import { gate as judgeGate, type GatePolicy, renderJson } from '@stageflow/engine/report';
import type { Written } from './outputs.ts';
import { printable } from './progress.ts';

type Job = Pick<JobRow, 'state'>;

/** What the run came to: prints the result on stdout and gives the exit code of the contract. */
export function finishScan(input: {
  readonly job: Job;
  readonly failure: { readonly code: string; readonly sentence: string } | null;
  readonly written: Written | null;
  readonly gate: Pick<GatePolicy, 'failOn' | 'minScore'>;
  readonly json: boolean;
  readonly allowIncomplete: boolean;
  /** The command that goes on with a cancelled scan. */
  readonly goOn: string;
}): number {
  const { job, failure, written, gate, json, allowIncomplete, goOn } = input;
  const say = (text: string) => process.stderr.write(`${printable(text)}\n`);
  if (failure) say(`stageflow: ${failure.sentence} [${failure.code}]`);
  if (written && json) process.stdout.write(renderJson(written.report));
  const failed = failure === null ? null : isErrorCode(failure.code) ? errorRow(failure.code).exit : EXIT.environment;
  if (!written) return failed ?? EXIT.environment;
  const verdict = judgeGate(written.report, { ...gate, allowIncomplete });
  const exit =
    [EXIT.interrupted, EXIT.environment, EXIT.usage, EXIT.nothingScanned].find((code) => code === failed) ??
    verdict.exitCode;
  if (!json) {
    for (const line of summaryLines(written)) process.stdout.write(`${printable(line)}\n`);
    for (const reason of verdict.reasons) process.stdout.write(`${printable(reason)}\n`);
    if (job.state === 'FAILED' && failure?.code === 'cancelled') process.stdout.write(`Go on with: ${goOn}\n`);
    process.stdout.write(
      `${printable(`${exit === EXIT.pass ? 'pass' : 'not green'} (exit ${exit}): ${written.report.verdict.sentence} Report: ${written.first}`)}\n`,
    );
  } else for (const reason of verdict.reasons) say(reason);
  return exit;
}

/** The few lines worth reading in a terminal: what to fix first, scores, coverage. */
function summaryLines({ report }: Written): string[] {
  const byId = new Map(report.findings.map((finding) => [finding.id, finding]));
  const first = report.summary.fixFirst.flatMap((id) => byId.get(id) ?? []);
  const scores = report.scanners.flatMap((s) => s.scores.map((score) => `${score.title} ${score.value ?? '-'}`));
  const { critical, serious, moderate, minor, info, review } = report.summary.causes;
  return [
    '',
    ...(first.length > 0 ? ['Fix first:'] : []),
    ...first.map(
      (f) =>
        `  ${f.severity.padEnd(8)}  ${f.title} (${f.pagesAffected} ${f.pagesAffected === 1 ? 'page' : 'pages'}, ${f.occurrencesTotal} ${f.occurrencesTotal === 1 ? 'place' : 'places'})`,
    ),
    ...(scores.length > 0 ? [`Scores: ${scores.join(', ')}`] : []),
    `Causes: ${critical} critical, ${serious} serious, ${moderate} moderate, ${minor} minor, ${info} info; ${review} to review`,
    `Coverage: ${report.coverage.sentence}`,
  ];
}
