import type { Ledger } from '@stageflow/engine/ledger';
import type { ArtifactStore } from '@stageflow/engine/artifact';
import type { Clock } from '@stageflow/engine/kernel';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Answered } from './access-log.ts';
import { type Part, PARTS, type Reading } from './health.ts';

const OPEN = ['PENDING', 'EXTRACTING', 'READY_TO_SCAN', 'SCANNING', 'COMPLETING'] as const;
const SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60];

/** What the server counts. Labels are words of closed lists only: no id, no token, no path of a share. */
export interface Metrics {
  /** The page, in the Prometheus text format. */
  page(): Promise<string>;
  answered(answered: Answered): void;
  podStarted(): void;
  round(parts: Readonly<Record<Part, Reading>>): void;
  /** Names who knows how many live streams there are. */
  streamsFrom(count: () => number): void;
  /** A store that counts its own time. */
  timed(store: ArtifactStore): ArtifactStore;
  /** Counts what a ledger commits from now on. Returns how to stop. */
  follow(ledger: Ledger): () => void;
}

/** Fresh counters. */
export function createMetrics(clock: Clock): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const named = (name: string, help: string) => ({ name: `stageflow_${name}`, help, registers });
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    ...named('http_requests_total', 'Answered requests.'),
    labelNames: ['method', 'route', 'status'],
  });
  const latency = new Histogram({
    ...named('http_request_seconds', 'Seconds until an answer began.'),
    labelNames: ['route'],
    buckets: SECONDS,
  });
  const jobs = new Gauge({ ...named('jobs', 'Unfinished jobs by state.'), labelNames: ['state'] });
  const ended = new Counter({
    ...named('jobs_ended_total', 'Ended jobs: done, or the code of their failure.'),
    labelNames: ['outcome'],
  });
  const cells = new Counter({
    ...named('cells_total', 'Finished cells.'),
    labelNames: ['scanner', 'outcome'],
  });
  const pods = new Counter(named('pod_starts_total', 'Pods that were started.'));
  const queueAge = new Gauge(named('queue_age_seconds', 'Age of the oldest job that no pod works at yet.'));
  const streams = new Gauge(named('streams', 'Live streams.'));
  const part = new Gauge({ ...named('part_up', '1 while a part of the server works.'), labelNames: ['part'] });
  const canary = new Gauge({ ...named('canary_seconds', "Seconds of a part's last canary."), labelNames: ['part'] });
  const store = new Histogram({
    ...named('store_seconds', 'Seconds of an operation on the artifact store.'),
    labelNames: ['operation', 'outcome'],
    buckets: SECONDS,
  });
  let followed: Ledger | null = null;
  let openStreams = () => 0;

  const look = () => {
    streams.set(openStreams());
    if (followed === null) return;
    const counts = new Map(followed.counts().map((row) => [row.state, row]));
    for (const state of OPEN) jobs.set({ state }, counts.get(state)?.count ?? 0);
    const oldest = counts.get('PENDING')?.oldest;
    queueAge.set(oldest === undefined ? 0 : (clock.now() - oldest) / 1000);
  };
  const timed = async <T>(operation: string, work: () => Promise<T>): Promise<T> => {
    const begun = performance.now();
    let outcome = 'failed';
    try {
      const result = await work();
      outcome = 'ok';
      return result;
    } finally {
      store.observe({ operation, outcome }, (performance.now() - begun) / 1000);
    }
  };

  return {
    page: () => {
      look();
      return registry.metrics();
    },
    answered: ({ method, pattern, status, ms }) => {
      requests.inc({ method, route: pattern, status: String(status) });
      latency.observe({ route: pattern }, ms / 1000);
    },
    podStarted: () => pods.inc(),
    round: (parts) => {
      for (const name of PARTS) {
        part.set({ part: name }, parts[name].ok ? 1 : 0);
        canary.set({ part: name }, parts[name].ms / 1000);
      }
    },
    streamsFrom: (count) => {
      openStreams = count;
    },
    timed: (inner) => ({
      prepare: (...given) => inner.prepare(...given),
      put: (...given) => timed('put', () => inner.put(...given)),
      get: (...given) => timed('get', () => inner.get(...given)),
      head: (...given) => timed('head', () => inner.head(...given)),
      list: (...given) => inner.list(...given),
      remove: (...given) => timed('remove', () => inner.remove(...given)),
      removeAll: (...given) => timed('removeAll', () => inner.removeAll(...given)),
    }),
    follow: (ledger) => {
      followed = ledger;
      return ledger.onCommit((events) => {
        for (const event of events) {
          if (event.type === 'jobs.events.completed') ended.inc({ outcome: 'done' });
          if (event.type === 'jobs.events.failed') ended.inc({ outcome: event.data.failure.code });
          if (event.type === 'scan.events.cell.completed')
            cells.inc({ scanner: event.data.scanner, outcome: event.data.outcome });
        }
      });
    },
  };
}
