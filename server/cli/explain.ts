import type { StageflowError } from '@stageflow/engine/kernel';

/** One sentence for a person; the cause's stack only when debugging was asked for. */
export function explain(error: StageflowError, debug: boolean): string {
  const line = `stageflow: ${error.message} [${error.code}]`;
  if (!debug) return line;
  const causes: string[] = [];
  for (let at: unknown = error; at instanceof Error && causes.length < 5; at = at.cause)
    causes.push(at.stack ?? at.message);
  return [line, ...causes].join('\n');
}
