import type { StageflowEvent } from '@stageflow/engine/event';
import { StageflowError } from '@stageflow/engine/kernel';
import type { JobView } from '@stageflow/engine/view';
import { dialLocal } from '../../local/dial.ts';
import type { JobSummary } from '../../routes/job-shapes.ts';
import type { Remote } from '../remotes.ts';
import { type Api, ask, textOf } from './api.ts';
import type { Desk } from './desk.ts';

const JSON_BODY = { 'content-type': 'application/json' };

/** The API of another machine, with its token. */
export function remoteApi({ url, token }: Remote): Api {
  return async (method, path, body) => {
    try {
      const answer = await fetch(new URL(path, url), {
        method,
        // A redirect would carry the token to wherever it leads.
        redirect: 'error',
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : JSON_BODY),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: answer.body ?? (async function* () {})() };
    } catch (thrown) {
      const { cause, message } = thrown as Error & { cause?: Error };
      throw new StageflowError('remote_unreachable', { url, reason: cause?.message || message }, { cause: thrown });
    }
  };
}

/** The API of a live engine of this machine, as its owner. */
export function socketApi(socket: string): Api {
  return (method, path, body) =>
    dialLocal(socket, {
      method,
      path,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: JSON_BODY }),
    });
}

/** A server's jobs. */
export function deskOfApi(api: Api, place: string): Desk {
  const json = async <T>(method: string, path: string): Promise<T> =>
    JSON.parse(await textOf(await ask(api, method, path))) as T;
  const at = (jobId: string, rest = '') => `/api/v1/jobs/${encodeURIComponent(jobId)}${rest}`;
  return {
    place,
    list: async (limit) => {
      const { jobs } = await json<{ jobs: JobSummary[] }>('GET', `/api/v1/jobs?limit=${limit}`);
      return jobs.map(({ id, state, startedAt, source, label, failure }) => ({
        id,
        state,
        createdAt: startedAt,
        source,
        label,
        failureCode: failure?.code ?? null,
      }));
    },
    show: (jobId) => json<JobView>('GET', at(jobId)),
    events: async (jobId) => {
      const events: StageflowEvent[] = [];
      for (let after: number | null = 0; after !== null; ) {
        const page: { events: StageflowEvent[]; next: number | null } = await json(
          'GET',
          at(jobId, `/events?after=${after}&limit=1000`),
        );
        events.push(...page.events);
        after = page.next;
      }
      return events;
    },
    storedView: async () => null,
    report: async (jobId, form) => textOf(await ask(api, 'GET', at(jobId, `/report?format=${form}`))),
    bundle: async function* (jobId) {
      yield* (await ask(api, 'GET', at(jobId, '/export'))).body;
    },
    cancel: async (jobId) => void (await textOf(await ask(api, 'POST', at(jobId, '/cancel')))),
    remove: async (jobId) => void (await textOf(await ask(api, 'DELETE', at(jobId)))),
    close: async () => {},
  };
}
