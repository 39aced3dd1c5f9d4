import type { StageflowEvent } from '@stageflow/engine/event';
import { type Clock, StageflowError } from '@stageflow/engine/kernel';
import { readStream } from '../../local/server-sent.ts';
import { problemIn } from '../../read-problem.ts';
import { type Api, askJson, atJob, textOf } from './api.ts';

/** A server beats every 15 s; one that is silent for longer is lost. */
const SILENCE_MS = 45_000;
/** How long a server may be away: it restarts, a laptop sleeps. */
const PATIENCE_MS = 300_000;
const AGAIN_MS = { first: 500, most: 10_000 } as const;
const PAGE = 1000;
/** What passes when one waits. */
const PASSING = new Set<string>(['remote_unreachable', 'rate_limited', 'not_ready', 'stream_gone']);

/** A job's recorded events after one of them, in order, page by page. */
export async function* eventsAfter(api: Api, jobId: string, after: number): AsyncGenerator<StageflowEvent> {
  for (let from: number | null = after; from !== null; ) {
    const page: { events: StageflowEvent[]; next: number | null } = await askJson(
      api,
      'GET',
      atJob(jobId, `/events?after=${from}&limit=${PAGE}`),
    );
    yield* page.events;
    from = page.next;
  }
}

/**
 * A job's events after one of them, live, until it has ended: server-sent events say when something happens, and what they do not tell
 * (before they began, while the connection was lost) is asked for by number, so that none is missing and none comes twice.
 * Fails with the last reason when the server stays away for five minutes.
 */
export async function* followJob(
  api: Api,
  jobId: string,
  afterSeq: number,
  { clock, onLost }: { readonly clock: Clock; readonly onLost: (error: StageflowError) => void },
): AsyncGenerator<StageflowEvent> {
  let have = afterSeq;
  let position: string | null = null;
  let lostAt: number | null = null;
  let wait: number = AGAIN_MS.first;
  /** Those of `events` that are new. */
  const fresh = async function* (events: AsyncIterable<StageflowEvent>) {
    for await (const event of events) {
      if (event.seq <= have) continue;
      have = event.seq;
      yield event;
    }
  };
  const missing = () => fresh(eventsAfter(api, jobId, have));
  for (;;) {
    try {
      for await (const message of open(api, jobId, position)) {
        [lostAt, wait] = [null, AGAIN_MS.first];
        position = message.id ?? position;
        if (message.event === 'end') {
          yield* missing();
          return;
        }
        const event = message.event === 'snapshot' ? null : (JSON.parse(message.data) as StageflowEvent);
        if (event?.seq === have + 1) {
          have = event.seq;
          yield event;
        } else if (event === null || event.seq > have) yield* missing();
      }
      throw new StageflowError('remote_unreachable', { url: jobId, reason: 'the live stream ended' });
    } catch (thrown) {
      if (!(thrown instanceof StageflowError && PASSING.has(thrown.code))) throw thrown;
      if (thrown.code === 'stream_gone') position = null;
      if (lostAt === null) onLost(thrown);
      lostAt ??= clock.now();
      if (clock.now() - lostAt > PATIENCE_MS) throw thrown;
    }
    await clock.sleep(wait);
    wait = Math.min(wait * 2, AGAIN_MS.most);
  }
}

/** Messages of a job's live stream after a position; `end` at once when the job is over. */
async function* open(api: Api, jobId: string, position: string | null) {
  const headers = { accept: 'text/event-stream', ...(position === null ? {} : { 'last-event-id': position }) };
  const answer = await api('GET', atJob(jobId, '/stream'), undefined, { headers, idleMs: SILENCE_MS });
  if (answer.status === 200) yield* readStream(answer.body);
  else if (answer.status === 204) yield { event: 'end', data: '', id: position };
  else
    throw (
      problemIn(await textOf(answer)) ??
      new StageflowError('remote_unreachable', { url: jobId, reason: `it answered ${answer.status}` })
    );
}
