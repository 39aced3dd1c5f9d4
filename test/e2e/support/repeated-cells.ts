import type { CliResult } from '../cli.ts';

/** Cells that were handed out although they were finished already, as `page/scanner`; read from the runs' logs (STAGEFLOW_LOG=debug, ndjson). */
export function repeatedCells(runs: readonly CliResult[]): string[] {
  const finished = new Set<string>();
  const twice: string[] = [];
  for (const line of runs.flatMap((run) => run.stderr.split('\n'))) {
    if (!line.startsWith('{')) continue;
    const record = JSON.parse(line) as {
      message?: string;
      cells?: string[];
      type?: string;
      data?: { pageId: string; scanner: string };
    };
    if (record.message === 'work handed out') twice.push(...(record.cells ?? []).filter((cell) => finished.has(cell)));
    if (record.type === 'scan.events.cell.completed' && record.data)
      finished.add(`${record.data.pageId}/${record.data.scanner}`);
  }
  return twice;
}
