import { stripVTControlCharacters } from 'node:util';
import type { StageflowEvent } from '@stageflow/engine/event';
import type { JobView } from '@stageflow/engine/view';

/** How progress is shown on stderr. */
export type ProgressKind = 'line' | 'plain' | 'ndjson' | 'none';

/** Chooses the kind for `auto`: a live line on a terminal that can move its cursor, plain lines elsewhere. */
export function progressKind(wanted: string, stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): ProgressKind {
  if (wanted !== 'auto') return wanted as ProgressKind;
  return stream.isTTY && env.TERM !== 'dumb' && env.CI === undefined ? 'line' : 'plain';
}

/** What one moment of a scan looks like; worked out from the view, shown by any of the kinds. */
export interface Moment {
  readonly state: string;
  readonly pages: number;
  readonly pagesDone: number;
  readonly cells: number;
  readonly cellsDone: number;
  readonly work: string;
}

/** What the live line says of a view. */
export function momentOf(view: JobView): Moment {
  const { pagesDone, pagesKnown, cellsDone, cellsKnown } = view.progress;
  const open = view.pages.find((page) => page.status === 'open');
  return { state: view.state, pages: pagesKnown, pagesDone, cells: cellsKnown, cellsDone, work: open ? open.url : '' };
}

const seconds = (ms: number) =>
  ms < 90_000 ? `${Math.max(1, Math.round(ms / 1000))} s` : `${Math.round(ms / 60_000)} min`;

/** Time left as a range, from the pace so far; null while there is too little to go by. */
export function etaRange(cellsDone: number, cells: number, elapsedMs: number): readonly [number, number] | null {
  if (cellsDone < 3 || cells <= cellsDone || elapsedMs < 2000) return null;
  const left = ((cells - cellsDone) * elapsedMs) / cellsDone;
  // Early paces mislead: the range narrows as more cells are done.
  const doubt = 0.15 + 0.6 / Math.sqrt(cellsDone);
  return [left * (1 - doubt), left * (1 + doubt)];
}

/** The one live line: percent, pages, current work, time left. Hostile text is stripped of control characters. */
export function progressLine(moment: Moment, elapsedMs: number, width: number): string {
  const { cells, cellsDone, pages, pagesDone, state, work } = moment;
  const percent = cells === 0 ? 0 : Math.floor((100 * cellsDone) / cells);
  const eta = etaRange(cellsDone, cells, elapsedMs);
  const parts = [
    `${String(percent).padStart(3)}%`,
    state.toLowerCase().replaceAll('_', ' '),
    `${pagesDone}/${pages} pages`,
    ...(eta ? [`${seconds(Math.max(0, eta[0]))} to ${seconds(eta[1])} left`] : []),
    ...(work === '' ? [] : [work]),
  ];
  const text = printable(parts.join('  '));
  return text.length > width ? `${text.slice(0, Math.max(1, width - 1))}…` : text;
}

/** Text that cannot move a cursor or forge a line. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    '?',
  );
}

/** One plain line for an event worth a line, or null. */
export function plainLine(event: StageflowEvent, urlOf: (pageId: string) => string): string | null {
  switch (event.type) {
    case 'jobs.events.created':
      return `job ${event.jobId} accepted`;
    case 'extraction.events.ready':
      return `archive unpacked: ${event.data.site.files} files, ${event.data.site.pages.length} pages`;
    case 'extraction.events.failed':
      return `archive refused: ${event.data.failure.sentence}`;
    case 'scan.events.page.completed': {
      const why = event.data.failure ? ` (${event.data.failure.code})` : '';
      return `page ${event.data.status}${why}: ${urlOf(event.data.pageId)}`;
    }
    case 'scan.events.cell.completed':
      return event.data.outcome === 'ok'
        ? null
        : `${event.data.scanner} ${event.data.outcome} on ${urlOf(event.data.pageId)}: ${event.data.failure?.code ?? 'no code'}`;
    case 'scan.events.completed':
      return 'scan completed; writing the report';
    case 'jobs.events.completed':
      return 'report written';
    case 'jobs.events.failed':
      return `job failed: ${event.data.failure.sentence}`;
    default:
      return null;
  }
}

/** Shows a scan's events as they come. */
export interface Progress {
  /** `view` is asked for only when a line is drawn: folding it costs as much as the site is large. */
  event(event: StageflowEvent, view: () => JobView | null): void;
  /** A sentence of set-up work, before there is a job. */
  say(text: string): void;
  /** Clears what stands on the terminal. */
  end(): void;
}

/** A progress display on a stream. `now` is the clock in milliseconds. */
export function createProgress(
  kind: ProgressKind,
  stream: { write(text: string): unknown; columns?: number },
  now: () => number,
): Progress {
  const began = now();
  const urls = new Map<string, string>();
  const urlOf = (pageId: string) => printable(urls.get(pageId) ?? pageId);
  let shown = false;
  let last = 0;
  const clear = () => {
    if (shown) stream.write('\r\u001b[K');
    shown = false;
  };
  return {
    say: (text) => {
      if (kind === 'none') return;
      if (kind === 'ndjson') stream.write(`${JSON.stringify({ type: 'setup', text })}\n`);
      else {
        clear();
        stream.write(`${printable(text)}\n`);
      }
    },
    event: (event, view) => {
      if (event.type === 'scan.events.page.discovered') urls.set(event.data.pageId, event.data.url);
      if (kind === 'none') return;
      if (kind === 'ndjson') {
        stream.write(
          `${JSON.stringify({ type: event.type, seq: event.seq, time: event.time, jobId: event.jobId, data: event.data })}\n`,
        );
        return;
      }
      if (kind === 'plain') {
        const line = plainLine(event, urlOf);
        if (line !== null) stream.write(`${printable(line)}\n`);
        return;
      }
      // A line a tenth of a second is as quick as an eye reads; terminals are slow writers.
      if (now() - last < 100 && !event.type.startsWith('jobs.')) return;
      const seen = view();
      if (!seen) return;
      last = now();
      stream.write(`\r\u001b[K${progressLine(momentOf(seen), now() - began, (stream.columns ?? 80) - 1)}`);
      shown = true;
    },
    end: clear,
  };
}
