import type { Engine } from '@stageflow/engine';
import type { JobSummary, JobView } from '@stageflow/engine/view';
import { frame } from './frame.ts';

/** What a client starts from, or starts again from: everything up to `position`. */
export interface Snapshot {
  readonly position: number;
  /** Whole views of the jobs that were asked for by name. */
  readonly views: readonly JobView[];
  /** The newest jobs, newest first, when all were asked for. */
  readonly jobs: readonly JobSummary[];
}

/** A snapshot as JSON text, and as the frame that begins a stream. */
export interface SnapshotText {
  readonly position: number;
  readonly json: string;
  readonly frame: Uint8Array;
}

/** Jobs in the snapshot of a stream of all jobs. */
export const MOST_SUMMARIES = 100;
const KEPT_VIEWS = 8;
const KEPT_SUMMARIES = 1000;
const KEPT_TEXTS = 8;

/** Makes snapshots; texts are kept until their job has a new event, so that many clients who come at once cost one. */
export interface Snapshots {
  /** Views of jobs by name; one that is gone is left out. */
  ofJobs(jobIds: readonly string[]): SnapshotText;
  /** The newest jobs of a tenant, or of all for null. */
  ofTenant(tenant: string | null): SnapshotText;
}

/** Keeps a job's text while the job has no newer event, and at most `most` texts. */
function keeper(
  engine: Engine,
  most: number,
  look: (jobId: string) => JobView | JobSummary | null,
): (jobId: string) => string | null {
  const kept = new Map<string, { readonly seq: number; readonly json: string }>();
  return (jobId) => {
    const seq = engine.ledger.job(jobId)?.seq;
    if (seq === undefined) return null;
    const known = kept.get(jobId);
    if (known?.seq === seq) return known.json;
    const seen = look(jobId);
    if (seen === null) return null;
    const json = JSON.stringify(seen);
    kept.delete(jobId);
    kept.set(jobId, { seq: seen.seq, json });
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    return json;
  };
}

/** Snapshots of an engine's jobs. All of one is read in one turn, in which nothing can be recorded: position and views belong together. */
export function createSnapshots(engine: Engine): Snapshots {
  const { ledger } = engine;
  const viewText = keeper(engine, KEPT_VIEWS, engine.view);
  const summaryText = keeper(engine, KEPT_SUMMARIES, engine.summary);
  const list = (texts: readonly (string | null)[]) => `[${texts.filter((text) => text !== null).join(',')}]`;
  let kept = new Map<string, SnapshotText>();
  let keptAt = -1;
  /** The text of what is asked for: made once while nothing happens, so that many clients share it. */
  const once = (key: string, make: () => { readonly views: string; readonly jobs: string }): SnapshotText => {
    const position = ledger.positions().newest;
    if (position !== keptAt || kept.size >= KEPT_TEXTS) kept = new Map();
    keptAt = position;
    const known = kept.get(key);
    if (known) return known;
    const { views, jobs } = make();
    const json = `{"position":${position},"views":${views},"jobs":${jobs}}`;
    const made = { position, json, frame: frame(position, 'snapshot', json) };
    kept.set(key, made);
    return made;
  };
  return {
    ofJobs: (jobIds) =>
      once(`jobs ${[...jobIds].join()}`, () => ({ views: list(Array.from(jobIds, viewText)), jobs: '[]' })),
    ofTenant: (tenant) =>
      once(tenant === null ? 'all' : `tenant ${tenant}`, () => {
        const ids = ledger.service.owners.jobs({ tenant, limit: MOST_SUMMARIES });
        return { views: '[]', jobs: list(ids.map(summaryText)) };
      }),
  };
}
