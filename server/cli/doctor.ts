import { styleText } from 'node:util';
import { runChecks } from '@stageflow/engine/preflight';
import type { Check, CheckRow, CheckStatus } from '@stageflow/engine/preflight';

/** What `./stageflow doctor` found. */
export interface DoctorResult {
  readonly checks: readonly CheckRow[];
  /** 0 when a scan can start, 5 when something that it needs is missing or broken. */
  readonly exitCode: 0 | 5;
}

/** Parts that the next scan brings by itself, so that their absence is not an error. */
export const BROUGHT_BY_SCAN: ReadonlySet<string> = new Set(['image', 'nats-server']);

/** Looks at every part of the machine; nothing is installed. `checks` replaces the usual list. */
export async function doctor(options: { readonly checks?: readonly Check[] }): Promise<DoctorResult> {
  const checks = await runChecks(options.checks);
  const failing = checks.some(
    ({ id, status }) => status === 'broken' || (status === 'missing' && !BROUGHT_BY_SCAN.has(id)),
  );
  return { checks, exitCode: failing ? 5 : 0 };
}

const LOOK: Record<CheckStatus, { readonly word: string; readonly color: 'green' | 'yellow' | 'red' | 'gray' }> = {
  ok: { word: 'ok', color: 'green' },
  warning: { word: 'warning', color: 'yellow' },
  missing: { word: 'missing', color: 'red' },
  broken: { word: 'broken', color: 'red' },
  skipped: { word: 'skipped', color: 'gray' },
};

/** The rows as text: one line a check, under it the command that mends it, last the verdict. Coloured only where `stream` shows colours. */
export function printDoctor(result: DoctorResult, stream: NodeJS.WriteStream = process.stdout): string {
  const width = Math.max(...result.checks.map((row) => row.title.length));
  const lines = result.checks.flatMap((row) => {
    const { word, color } = LOOK[row.status];
    const state = styleText(color, word.padEnd(7), { stream });
    const line = `${state}  ${row.title.padEnd(width)}  ${row.detail}`;
    return row.fix === null || row.status === 'ok' ? [line] : [line, `${' '.repeat(width + 11)}mend it: ${row.fix}`];
  });
  const verdict =
    result.exitCode === 0
      ? 'This machine can scan.'
      : 'Something is missing; `./stageflow scan` installs what it can, or run the commands above.';
  return `${[...lines, '', verdict].join('\n')}\n`;
}
