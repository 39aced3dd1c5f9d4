import { isOver, type JobLine, nameOf } from '../jobs/line.ts';
import type { Hindrance } from '../machine/hindrance.ts';
import type { HostState } from '../keeper/decide.ts';

/** What the icon's shape says: a ring, a turning arrow, a ring with a mark, a ring with a cross. */
export type IconShape = 'idle' | 'busy' | 'needs-you' | 'error';

/** What is done when an entry is chosen. */
export type TrayAct =
  | { readonly do: 'show' /** Null: whatever is shown there. */; readonly path: string | null }
  | { readonly do: 'clipboard' }
  | { readonly do: 'link' /** Whose report is linked to. */; readonly jobId: string }
  | { readonly do: 'pause-all' | 'resume-all' | 'again' | 'update' | 'logs' | 'quit' };

/** An entry: a word, or something to choose. */
export type TrayEntry =
  | { readonly kind: 'word'; readonly label: string }
  | { readonly kind: 'act'; readonly label: string; readonly act: TrayAct }
  | { readonly kind: 'line' };

/** All that the tray shows. */
export interface TrayModel {
  readonly shape: IconShape;
  /** One line, also what the icon is called. */
  readonly status: string;
  readonly entries: readonly TrayEntry[];
  /** Progress on dock and taskbar from 0 to 1; -1 for none, 2 for running without an end in sight. */
  readonly progress: number;
}

/** What the tray knows of what is outside this computer. */
export interface Away {
  /** One line about uploads; null when there are none. */
  readonly word: string | null;
  /** Whether a link can be made somewhere. */
  readonly canLink: boolean;
  /** A newer version that waits for a restart; null for none. */
  readonly update: string | null;
}

/** Reports that are offered. */
const MOST_REPORTS = 5;
/** Longest name shown in a menu. */
const MOST_NAME = 40;

const short = (job: JobLine) => {
  const name = nameOf(job);
  return name.length > MOST_NAME ? `${name.slice(0, MOST_NAME - 1)}…` : name;
};
const act = (label: string, act: TrayAct): TrayEntry => ({ kind: 'act', label, act });
const LINE: TrayEntry = { kind: 'line' };

/** How far running jobs are together. */
function progressOf(running: readonly JobLine[]): number {
  if (running.length === 0) return -1;
  const known = running.reduce((sum, { progress }) => sum + progress.cellsKnown, 0);
  const done = running.reduce((sum, { progress }) => sum + progress.cellsDone, 0);
  return known === 0 ? 2 : done / known;
}

/** The tray as of now. `note` is what the engine says it is fetching or building, `hindrance` what keeps this computer from scanning; null for nothing. Pure. */
export function trayModel(
  host: HostState,
  jobs: readonly JobLine[],
  note: string | null,
  hindrance: Hindrance | null = null,
  away: Away = { word: null, canLink: false, update: null },
): TrayModel {
  const open = jobs.filter((job) => !isOver(job));
  const running = open.filter(({ paused, waiting }) => !paused && !waiting);
  const paused = open.filter((job) => job.paused);
  const reports = jobs.filter(({ state }) => state === 'DONE').slice(0, MOST_REPORTS);
  const failed = host.phase === 'failed';
  const face = faceOf(host, running, paused, open.length, note, hindrance);
  return {
    ...face,
    progress: failed ? -1 : progressOf(running),
    entries: [
      { kind: 'word', label: face.status },
      ...(away.word === null ? [] : [{ kind: 'word', label: away.word } as const]),
      ...(failed ? [act('Start the engine again', { do: 'again' })] : []),
      ...(hindrance === null ? [] : [act('Show what is missing', { do: 'show', path: '/doctor' })]),
      LINE,
      act('Open Stageflow', { do: 'show', path: '/' }),
      act('New scan', { do: 'show', path: '/playground' }),
      act('New scan from the clipboard', { do: 'clipboard' }),
      ...(running.length > 0 ? [act('Pause all scans', { do: 'pause-all' })] : []),
      ...(paused.length > 0 ? [act('Go on with paused scans', { do: 'resume-all' })] : []),
      ...(open.length > 0 ? [LINE] : []),
      ...open.map((job) => act(openLabel(job), { do: 'show', path: `/scan/${job.id}` })),
      ...(reports.length > 0 ? [LINE, { kind: 'word', label: 'Last reports' } as const] : []),
      ...reports.map((job) => act(short(job), { do: 'show', path: `/scan/${job.id}/report` })),
      ...reports
        .slice(0, away.canLink ? 1 : 0)
        .map((job) => act(`Copy a link to ${short(job)}`, { do: 'link', jobId: job.id })),
      LINE,
      ...(away.update === null ? [] : [act(`Restart to update to ${away.update}`, { do: 'update' })]),
      act('Show the logs', { do: 'logs' }),
      act('Quit', { do: 'quit' }),
    ],
  };
}

function openLabel(job: JobLine): string {
  const { cellsDone, cellsKnown } = job.progress;
  if (job.paused) return `${short(job)}, paused`;
  if (job.waiting) return `${short(job)}, waiting for its turn`;
  return cellsKnown === 0 ? `${short(job)}, starting` : `${short(job)}, ${cellsDone}/${cellsKnown}`;
}

function faceOf(
  host: HostState,
  running: readonly JobLine[],
  paused: readonly JobLine[],
  open: number,
  note: string | null,
  hindrance: Hindrance | null,
): Pick<TrayModel, 'shape' | 'status'> {
  if (host.phase === 'failed') return { shape: 'error', status: 'The engine does not start' };
  if (host.phase === 'pausing') return { shape: 'error', status: 'The engine is started again' };
  if (host.phase === 'leaving' || host.phase === 'left') return { shape: 'busy', status: 'Ending' };
  if (note !== null) return { shape: 'busy', status: note.slice(0, 120) };
  if (host.phase === 'starting') return { shape: 'busy', status: 'The engine is starting' };
  if (hindrance !== null) return { shape: 'needs-you', status: `This computer cannot scan yet: ${hindrance.part}` };
  const [first] = running;
  if (first !== undefined && running.length === 1) return { shape: 'busy', status: `Scanning ${openLabel(first)}` };
  if (running.length > 1) return { shape: 'busy', status: `${running.length} scans are running` };
  if (paused.length > 0)
    return {
      shape: 'needs-you',
      status: paused.length === 1 ? 'One scan is paused' : `${paused.length} scans are paused`,
    };
  return { shape: 'idle', status: open > 0 ? `${open} scans wait` : 'Nothing is being scanned' };
}
