import { familyOf, type ProcessRow, processRow } from '../../../../engine/pod/process-table.ts';
import { type CliRun, jobIds, processes } from '../../cli.ts';
import { MOMENTS, type Point, type Victim } from './points.ts';

/** What a kill hit, for the look at what is left. */
export interface Killed {
  /** Every process of the job's containers, as it was just before. */
  readonly inside: readonly ProcessRow[];
  /** Ids of the containers whose monitor died. */
  readonly containers: readonly string[];
}

/** How often it is looked for a victim that is not there yet, in milliseconds. */
const LOOK_MS = 20;

/** Monitors of the job's containers with one of the roles. */
function monitors(home: string, roles: string): { readonly pid: number; readonly command: string }[] {
  const names = jobIds(home).map((id) => `stageflow-${id}-\\d+-${roles}`);
  return names.length === 0 ? [] : processes(new RegExp(`^\\S*conmon .* -n (?:${names.join('|')}) `));
}

/** Kills the victim of a run; null while there is none. */
function strike(victim: Victim, home: string, run: CliRun): Killed | null {
  const inside = monitors(home, '(?:runner|extractor)').flatMap(({ pid }) => familyOf(pid).slice(1));
  if (victim === 'engine') return run.child.kill('SIGKILL') ? { inside, containers: [] } : null;
  const found =
    victim === 'nats-server'
      ? processes(new RegExp(`nats-server.*${home}`))
      : monitors(home, victim === 'conmon of the extractor' ? 'extractor' : 'runner');
  for (const { pid } of found) process.kill(pid, 'SIGKILL');
  const ofPod = victim.startsWith('conmon');
  const containers = ofPod ? found.flatMap(({ command }) => / -c ([0-9a-f]{64}) /.exec(command)?.[1] ?? []) : [];
  return found.length > 0 ? { inside, containers } : null;
}

/** Kills the point's victim at its moment, or as soon after it as there is one. Resolves with null when the run ends before. */
export async function killAt({ victim, moment, nth }: Point, home: string, run: CliRun): Promise<Killed | null> {
  const killed = Promise.withResolvers<Killed | null>();
  let seen = 0;
  let looking: NodeJS.Timeout | undefined;
  const look = () => {
    const hit = strike(victim, home, run);
    if (hit === null) return;
    clearInterval(looking);
    killed.resolve(hit);
  };
  let rest = '';
  run.child.stderr?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    seen += lines.filter((line) => MOMENTS[moment].test(line)).length;
    if (seen < nth || looking !== undefined) return;
    looking = setInterval(look, LOOK_MS);
    look();
  });
  void run.done.then(() => {
    clearInterval(looking);
    killed.resolve(null);
  });
  return killed.promise;
}

/** Those of the processes that live on. */
export const survivors = (rows: readonly ProcessRow[]): readonly ProcessRow[] =>
  rows.filter(({ pid, started }) => processRow(pid)?.started === started);
