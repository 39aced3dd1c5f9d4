import { Readable } from 'node:stream';
import { namedObjects, type StageflowEvent } from '@stageflow/engine/event';
import { StageflowError } from '@stageflow/engine/kernel';
import { z } from 'zod';
import { OWNER_BASE } from '../../server/local/dial.ts';

/** The jobs' files, as the engine gives them. */
export interface Source {
  /** Paths below the job's folder. */
  stored(jobId: string): Promise<readonly { readonly path: string; readonly size: number }[]>;
  /** SHA-256 of each object that the job's history names. */
  hashes(jobId: string): Promise<ReadonlyMap<string, string>>;
  /** An object's bytes. */
  open(key: string): Promise<AsyncIterable<Uint8Array>>;
}

const Page = z.object({
  artifacts: z.array(z.object({ path: z.string(), size: z.number() })),
  next: z.string().nullable(),
});

/** The files behind an engine. Refusals: `job_not_found`, and `engine_away` while it does not answer. */
export function engineSource(fetch: (request: Request) => Promise<Response>): Source {
  const ask = async (path: string, jobId: string) => {
    const answer = await fetch(new Request(`http://localhost${path}`));
    if (answer.ok) return answer;
    await answer.body?.cancel();
    throw answer.status === 404 ? new StageflowError('job_not_found', { jobId }) : new StageflowError('engine_away');
  };
  return {
    stored: async (jobId) => {
      const all: { path: string; size: number }[] = [];
      for (let cursor = ''; ; ) {
        const more = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const answer = await ask(`/api/v1/jobs/${jobId}/artifacts?limit=1000${more}`, jobId);
        const { artifacts, next } = Page.parse(await answer.json());
        all.push(...artifacts);
        if (next === null) return all;
        cursor = next;
      }
    },
    hashes: async (jobId) => {
      const events = (await (await ask(`${OWNER_BASE}/jobs/${jobId}/events`, jobId)).json()) as StageflowEvent[];
      return new Map(events.flatMap(namedObjects).map(({ key, sha256 }) => [key, sha256]));
    },
    open: async (key) => {
      const { body } = await ask(`${OWNER_BASE}/objects/${key}`, key.split('/', 1)[0] ?? '');
      return body ?? Readable.from([]);
    },
  };
}
