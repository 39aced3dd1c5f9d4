import type { StageflowEvent } from '@stageflow/engine/event';
import { EXIT, StageflowError } from '@stageflow/engine/kernel';
import { openDesk, type PlaceOptions } from './desk/desk.ts';
import { differences, replay, type Step } from './replay-steps.ts';
import { table } from './table.ts';

/** `./stageflow replay ID`: a job's history, step by step; with `--check`, whether what is stored is what its events tell. */
export async function replayCommand(
  jobId: string,
  options: PlaceOptions & { readonly check?: boolean; readonly json?: boolean },
): Promise<number> {
  const desk = await openDesk(options);
  try {
    // The row first: events that come meanwhile are then newer than it, never missing from it.
    const stored = await desk.storedView(jobId);
    const { state } = await desk.show(jobId);
    const events = await desk.events(jobId);
    const steps = [...replay(events)];
    const wrong = options.check === true ? differences(events, stored, state) : [];
    if (options.json === true) {
      const rows = steps.map(({ event, from, to, refused }) => ({
        seq: event.seq,
        time: event.time,
        attempt: event.attempt,
        type: event.type,
        from,
        to,
        refused,
      }));
      process.stdout.write(
        `${JSON.stringify({ jobId, state, steps: rows, ...(options.check === true ? { differences: wrong } : {}) }, null, 2)}\n`,
      );
    } else {
      process.stdout.write(table(['seq', 'after', 'event', 'state', 'about'], rowsOf(steps)));
    }
    const [first] = wrong;
    if (first !== undefined) throw new StageflowError('replay_differs', { jobId, what: wrong.join('; ') });
    if (options.json !== true) {
      const checked =
        options.check === true
          ? stored
            ? ' The stored view is what they tell.'
            : ' No stored view was there to be compared.'
          : '';
      process.stdout.write(`${events.length} events lead to ${steps.at(-1)?.to ?? state}.${checked}\n`);
    }
    return EXIT.pass;
  } finally {
    await desk.close();
  }
}

function rowsOf(steps: readonly Step[]): string[][] {
  const began = steps[0]?.event.time ?? 0;
  return steps.map(({ event, from, to, view }) => [
    String(event.seq),
    `${((event.time - began) / 1000).toFixed(1)} s`,
    event.type,
    from === to ? to : `${from} -> ${to}`,
    aboutOf(event, (pageId) => view?.pages.find((page) => page.pageId === pageId)?.url ?? pageId),
  ]);
}

function aboutOf(event: StageflowEvent, urlOf: (pageId: string) => string): string {
  switch (event.type) {
    case 'jobs.events.failed':
    case 'extraction.events.failed':
    case 'scan.events.failed':
      return event.data.failure.code;
    case 'scan.events.cell.completed':
      return `${event.data.scanner} ${event.data.outcome} ${urlOf(event.data.pageId)}`;
    case 'scan.events.page.completed':
      return `${event.data.status} ${urlOf(event.data.pageId)}`;
    case 'scan.events.page.discovered':
    case 'scan.events.page.visited':
      return urlOf(event.data.pageId);
    case 'jobs.events.completed':
      return event.data.verdict;
    default:
      return '';
  }
}
