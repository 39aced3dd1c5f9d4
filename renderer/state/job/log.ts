import type { StageflowEvent } from '@stageflow/engine/event';
import type { JobView } from '@stageflow/engine/view';

/** One line of what happened. */
export interface LogLine {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly text: string;
  readonly tone: 'plain' | 'trouble';
}

/** What events say, in words, in order. Pages are called by their path where the view knows it. */
export function logLines(events: readonly StageflowEvent[], view: Pick<JobView, 'pages'> | null): LogLine[] {
  if (events.length === 0) return [];
  const paths = new Map(view?.pages.map(({ pageId, url }) => [pageId, pathOf(url)]));
  const nameOf = (pageId: string) => (pageId === '_site' ? 'the whole site' : (paths.get(pageId) ?? pageId));
  return events.map((event) => ({ seq: event.seq, time: event.time, ...wordsOf(event, nameOf) }));
}

function pathOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? url : parsed.pathname + parsed.search;
}

/** Outcomes at which something is missing that was asked for. */
const MISSING: ReadonlySet<string> = new Set(['failed', 'timeout', 'blocked']);

function wordsOf(event: StageflowEvent, nameOf: (pageId: string) => string): Pick<LogLine, 'text' | 'tone'> {
  switch (event.type) {
    case 'jobs.events.created':
      return plain('Accepted');
    case 'extraction.events.ready':
      return plain(`Unpacked ${event.data.site.files.toLocaleString('en')} files`);
    case 'scan.events.page.discovered':
      return plain(`Found ${event.data.url}`);
    case 'scan.events.page.visited': {
      const { httpStatus, finalUrl, blocked } = event.data;
      const refused = blocked.length === 0 ? '' : `, ${blocked.length} requests refused`;
      return plain(`Loaded ${finalUrl} (${httpStatus}${refused})`);
    }
    case 'scan.events.cell.completed': {
      const { scanner, pageId, outcome, failure, milliseconds } = event.data;
      const where = nameOf(pageId);
      const how = failure === null ? outcome.replace('skipped', 'left out') : `${outcome}: ${failure.sentence}`;
      return outcome === 'ok'
        ? plain(`${scanner} looked at ${where} in ${(milliseconds / 1000).toFixed(1)} s`)
        : { text: `${scanner} on ${where}: ${how}`, tone: MISSING.has(outcome) ? 'trouble' : 'plain' };
    }
    case 'scan.events.page.completed': {
      const { pageId, status, failure } = event.data;
      return status === 'scanned' || failure === null
        ? plain(`${nameOf(pageId)} is ${status}`)
        : { text: `${nameOf(pageId)} is ${status}: ${failure.sentence}`, tone: 'trouble' };
    }
    case 'scan.events.completed':
      return plain(`Scanned ${event.data.pages.toLocaleString('en')} pages; the report is being put together`);
    case 'jobs.events.completed':
      return plain(event.data.verdict === 'complete' ? 'Done' : 'Done, with parts missing');
    case 'extraction.events.failed':
    case 'scan.events.failed':
    case 'jobs.events.failed':
      return { text: event.data.failure.sentence, tone: 'trouble' };
  }
}

const plain = (text: string): Pick<LogLine, 'text' | 'tone'> => ({ text, tone: 'plain' });
