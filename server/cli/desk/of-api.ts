import type { StageflowEvent } from '@stageflow/engine/event';
import type { JobView } from '@stageflow/engine/view';
import { dialLocal } from '../../local/dial.ts';
import type { JobSummary } from '../../routes/job-shapes.ts';
import { type Api, ask, askJson, atJob, textOf } from './api.ts';
import { eventsAfter } from './follow.ts';
import type { Desk } from './desk.ts';

const JSON_BODY = { 'content-type': 'application/json' };

/** The API of a live engine of this machine, as its owner. */
export function socketApi(socket: string): Api {
  return (method, path, body, { headers, stream } = {}) => {
    const sent = stream ?? (body === undefined ? undefined : JSON.stringify(body));
    return dialLocal(socket, {
      method,
      path,
      headers: { ...(body === undefined ? {} : JSON_BODY), ...headers },
      ...(sent === undefined ? {} : { body: sent }),
    });
  };
}

/** A server's jobs. */
export function deskOfApi(api: Api, place: string): Desk {
  return {
    place,
    list: async (limit) => {
      const { jobs } = await askJson<{ jobs: JobSummary[] }>(api, 'GET', `/api/v1/jobs?limit=${limit}`);
      return jobs.map(({ id, state, startedAt, source, label, failure }) => ({
        id,
        state,
        createdAt: startedAt,
        source,
        label,
        failureCode: failure?.code ?? null,
      }));
    },
    show: (jobId) => askJson<JobView>(api, 'GET', atJob(jobId)),
    events: async (jobId) => {
      const events: StageflowEvent[] = [];
      for await (const event of eventsAfter(api, jobId, 0)) events.push(event);
      return events;
    },
    storedView: async () => null,
    report: async (jobId, form) => textOf(await ask(api, 'GET', atJob(jobId, `/report?format=${form}`))),
    archive: async ({ job }) => (await ask(api, 'GET', atJob(job.id, '/report?format=zip'))).body,
    bundle: async function* (jobId) {
      yield* (await ask(api, 'GET', atJob(jobId, '/export'))).body;
    },
    take: async (bundle) => {
      const more = { headers: { 'content-type': 'application/x-tar' }, stream: bundle };
      return (await askJson<{ id: string }>(api, 'POST', '/api/v1/jobs/import', undefined, more)).id;
    },
    cancel: async (jobId) => void (await textOf(await ask(api, 'POST', atJob(jobId, '/cancel')))),
    remove: async (jobId) => void (await textOf(await ask(api, 'DELETE', atJob(jobId)))),
    close: async () => {},
  };
}
