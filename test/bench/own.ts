import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Timed, timed } from './run.ts';

/** A scan of ours: its whole run, and when things happened in it, in seconds after the job was accepted. */
export interface OwnRun extends Timed {
  /** From the start of the program until the job was accepted. */
  readonly accepted: number;
  /** First finished cell. */
  readonly firstCell: number;
  /** From the first page handed out to the last cell of the page lane and of the site's scope. */
  readonly pageLane: number;
  /** From there to the last cell of the machine lane; 0 without one. */
  readonly machineLane: number;
  /** Paths of the pages that were scanned, in order of discovery. */
  readonly pages: readonly string[];
}

interface Line {
  readonly type: string;
  readonly time: number;
  readonly jobId: string;
  readonly data: { readonly url?: string; readonly scanner?: string };
}

// As a person starts it: the launcher's own time counts.
const LAUNCHER = join(import.meta.dirname, '../../stageflow');

function readLines(output: string): Line[] {
  return output
    .split('\n')
    .flatMap((line) => (line.startsWith('{"type"') && line.includes('"jobId"') ? [JSON.parse(line) as Line] : []));
}

/** Runs one scan in a data folder of its own. Throws when it ends with anything but pass or incomplete. */
export async function ownScan(
  work: string,
  folder: string,
  modules: string,
  more: readonly string[] = [],
): Promise<OwnRun> {
  const home = mkdtempSync(join(work, 'home-'));
  const began = Date.now();
  const result = await timed(
    LAUNCHER,
    ['scan', folder, '-m', modules, '--progress', 'ndjson', '-f', 'json', '-o', join(home, 'out'), ...more],
    {
      env: { ...process.env, STAGEFLOW_HOME: home },
      // The pod's processes are nobody's children: they are found by the job's name.
      alsoMatching: (output) => {
        const jobId = readLines(output)[0]?.jobId;
        return jobId === undefined ? null : new RegExp(`conmon.*stageflow-${jobId}-`);
      },
    },
  );
  rmSync(home, { recursive: true, force: true });
  if (![0, 3].includes(result.code ?? -1))
    throw new Error(`A scan of the benchmark ended with ${result.code}:\n${result.output.slice(-2000)}`);
  const lines = readLines(result.output);
  const times = (pick: (line: Line) => boolean) => lines.filter(pick).map((line) => line.time);
  const created = times((l) => l.type === 'jobs.events.created')[0] ?? Number.NaN;
  const discovered = lines.filter((l) => l.type === 'scan.events.page.discovered');
  const cells = lines.filter((l) => l.type === 'scan.events.cell.completed');
  const machine = cells.filter((l) => l.data.scanner === 'lighthouse');
  const pageEnd = Math.max(...cells.filter((l) => l.data.scanner !== 'lighthouse').map((l) => l.time));
  return {
    ...result,
    accepted: (created - began) / 1000,
    firstCell: ((cells[0]?.time ?? Number.NaN) - created) / 1000,
    pageLane: (pageEnd - (discovered[0]?.time ?? Number.NaN)) / 1000,
    machineLane: machine.length === 0 ? 0 : ((machine.at(-1)?.time ?? Number.NaN) - pageEnd) / 1000,
    pages: discovered.flatMap((l) => (l.data.url === undefined ? [] : [new URL(l.data.url).pathname])),
  };
}
