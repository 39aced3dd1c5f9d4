/**
 * SSE: live streams of events. One listener of the ledger and one timer serve all clients; what is sent is encoded once.
 * Enters: subscriptions. Leaves: bodies of responses. It must never wait for a client, nor hold more for one than its buffer.
 */
import type { Engine } from '@stageflow/engine';
import { TERMINAL } from '@stageflow/engine/event';
import { type Clock, type Log, StageflowError, type Timer } from '@stageflow/engine/kernel';
import { isLive, OWNER } from '../auth/principal.ts';
import { type Client, MOST_REMOVALS, openClient, type Subscription } from './client.ts';
import { frame, standingFrame } from './frame.ts';
import { openHistory } from './history.ts';
import { batchOf } from './recent.ts';

/** How often tokens are looked at; every fifth look is a heartbeat (15 s). */
const LOOK_MS = 3000;
const LOOKS_PER_BEAT = 5;
const SECONDS_UNTIL_A_STREAM_IS_FREE = 15;
const ENDS = new Set<string>(['jobs.events.completed', 'jobs.events.failed']);

/** What a stream is asked to carry. */
type Asked = Omit<Subscription, 'removed'>;

/** All live streams of a server. */
export interface StreamHub {
  /** True when everything after a position can still be given, one by one. */
  covers(position: number): boolean;
  /** Streams that are open. */
  readonly open: number;
  /** Begins a stream, with a first frame if there is one. Refused (`rate_limited`) when its token has as many as it may. */
  begin(subscription: Asked, opening: Uint8Array | null): ReadableStream<Uint8Array>;
  /** Tells those who follow a job that it was paused, or goes on. */
  standing(jobId: string, paused: boolean): void;
  /** Ends all streams and begins none any more (`not_ready`); clients come again by position. */
  close(): void;
}

/** What the hub works with. */
export interface HubPorts {
  readonly engine: Pick<Engine, 'ledger' | 'ended'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly streamsPerToken: number;
}

/** Opens the hub; it listens only while somebody listens to it. */
export function openHub({ engine, clock, log, streamsPerToken }: HubPorts): StreamHub {
  const { ledger } = engine;
  const history = openHistory(ledger);
  const clients = new Set<Client>();
  const perToken = new Map<string, number>();
  /** Jobs whose end is waited for. */
  const awaited = new Set<string>();
  let unlisten: (() => void) | null = null;
  let unlistenRemovals = () => {};
  let timer: Timer | null = null;
  let looks = 0;
  let due = false;
  let closed = false;

  /** Hands out what was recorded since. */
  const advance = () => {
    due = false;
    const entries = history.advance();
    if (entries.length === 0 || clients.size === 0) return;
    const batch = batchOf(entries);
    for (const client of clients) client.deliver(batch);
    for (const { type, jobId } of entries) if (ENDS.has(type)) awaitEnd(jobId);
  };
  /** Many commits of one turn are handed out together, and never inside the writer's own call. */
  const onCommit = () => {
    if (due) return;
    due = true;
    setImmediate(() => {
      if (unlisten === null) due = false;
      else guarded(advance);
    });
  };
  const guarded = (work: () => void) => {
    try {
      work();
    } catch (error) {
      log.warn('live streams could not go on just now', { error });
    }
  };

  /** Ends the streams of a job once its last words are stored. */
  const awaitEnd = (jobId: string) => {
    const followers = () => [...clients].filter((client) => client.subscription.endsWith === jobId);
    if (awaited.has(jobId) || followers().length === 0) return;
    awaited.add(jobId);
    engine.ended(jobId).then(
      ({ state }) => {
        awaited.delete(jobId);
        guarded(advance);
        const data = JSON.stringify({ jobId, state });
        for (const client of followers()) {
          if (TERMINAL.has(state)) client.finish((position) => frame(position, 'end', data));
          else client.close();
        }
      },
      () => {
        // The job was removed meanwhile.
        awaited.delete(jobId);
        for (const client of followers()) client.close();
      },
    );
  };

  const look = () => {
    looks += 1;
    const beat = looks % LOOKS_PER_BEAT === 0;
    guarded(() => {
      // An imported job is announced to nobody, but its history is there.
      advance();
      const now = clock.now();
      const tokens = ledger.service.tokens.list();
      const alive = new Set(tokens.filter((token) => isLive(token, now)).map((token) => token.id)).add(OWNER.tokenId);
      for (const client of clients) if (!alive.has(client.subscription.tokenId)) client.close();
    });
    if (beat) for (const client of clients) client.beat();
    timer = clients.size > 0 ? clock.after(LOOK_MS, look) : null;
  };

  const start = () => {
    if (unlisten !== null) return;
    advance();
    unlisten = ledger.onCommit(onCommit);
    unlistenRemovals = ledger.onRemoval((removal) => {
      for (const client of clients) client.remove(removal);
    });
    timer = clock.after(LOOK_MS, look);
  };
  const stop = () => {
    unlisten?.();
    unlisten = null;
    unlistenRemovals();
    timer?.cancel();
    timer = null;
  };

  return {
    covers: (position) => {
      advance();
      // Those of the position itself may have been told already: they are no reason to refuse, or nobody could go on from here.
      return (
        history.after(position) !== null && ledger.removals(position + 1, MOST_REMOVALS + 1).length <= MOST_REMOVALS
      );
    },
    get open() {
      return clients.size;
    },
    begin: (asked, opening) => {
      const { tokenId, endsWith } = asked;
      if (closed) throw new StageflowError('not_ready', { reason: 'it is stopping', seconds: 5 });
      const held = perToken.get(tokenId) ?? 0;
      if (held >= streamsPerToken)
        throw new StageflowError('rate_limited', { seconds: SECONDS_UNTIL_A_STREAM_IS_FREE });
      start();
      // A snapshot holds no removed job; whoever goes on from a position may hold some.
      const removed = opening === null ? ledger.removals(asked.from, MOST_REMOVALS) : [];
      const client = openClient({ ...asked, removed }, opening, history, () => {
        clients.delete(client);
        const left = (perToken.get(tokenId) ?? 1) - 1;
        if (left === 0) perToken.delete(tokenId);
        else perToken.set(tokenId, left);
        if (clients.size === 0) stop();
      });
      perToken.set(tokenId, held + 1);
      clients.add(client);
      if (endsWith !== null && ledger.ended(endsWith)) awaitEnd(endsWith);
      return client.body;
    },
    standing: (jobId, paused) => {
      const about = { jobId, tenant: ledger.service.owners.tenantOf(jobId) };
      for (const client of clients) client.note(about, standingFrame(jobId, paused));
    },
    close: () => {
      closed = true;
      for (const client of clients) client.close();
      stop();
    },
  };
}
