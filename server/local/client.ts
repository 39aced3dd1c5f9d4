import { stagingKeys } from '@stageflow/engine/artifact';
import { type StageflowEvent, TERMINAL } from '@stageflow/engine/event';
import { newJobId, StageflowError } from '@stageflow/engine/kernel';
import type { JobRow } from '@stageflow/engine/ledger';
import { problemIn } from '../read-problem.ts';
import { OWNER_BASE, dialLocal, type LocalAnswer, type LocalRequest } from './dial.ts';
import type { Door } from './records.ts';
import { readStream } from './server-sent.ts';

/** What Node says when nobody is at the other end any more. */
const GONE = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

/** True when a failure means that the engine behind the socket has ended. */
export const isGone = (thrown: unknown): boolean =>
  thrown instanceof StageflowError
    ? thrown.code === 'engine_gone'
    : GONE.has((thrown as NodeJS.ErrnoException | null)?.code ?? '');

/** The engine that listens on a socket, as its client sees it. */
export function openClient(socket: string, folder: string, address: string | null): Door {
  const ask = async (wanted: LocalRequest): Promise<LocalAnswer> => {
    const answer = await dialLocal(socket, { ...wanted, path: `${OWNER_BASE}${wanted.path}` });
    if (answer.status >= 400) throw await refusal(answer);
    return answer;
  };
  const json = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await ask({
      method,
      path,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await readText(answer.body);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
  const orNull = (code: 'job_not_found' | 'not_found') => (thrown: unknown) => {
    if (thrown instanceof StageflowError && thrown.code === code) return null;
    throw thrown;
  };
  return {
    folder,
    socket,
    address,
    jobs: (limit) => json('GET', `/jobs?limit=${limit}`),
    job: (jobId) => json<JobRow>('GET', `/jobs/${jobId}`).catch(orNull('job_not_found')),
    events: (jobId) => json('GET', `/jobs/${jobId}/events`),
    storedView: (jobId) => json('GET', `/jobs/${jobId}/view`),
    keys: (jobId) => json('GET', `/jobs/${jobId}/keys`),
    remove: (jobId) => json('DELETE', `/jobs/${jobId}`),
    bundle: async function* (jobId) {
      yield* (await ask({ method: 'GET', path: `/jobs/${jobId}/bundle` })).body;
    },
    take: async (bundle) => {
      // The public address: to the owner it is open without a token.
      const headers = { 'content-type': 'application/x-tar' };
      const answer = await dialLocal(socket, { method: 'POST', path: '/api/v1/jobs/import', headers, body: bundle });
      if (answer.status >= 400) throw await refusal(answer);
      return (JSON.parse(await readText(answer.body)) as { id: string }).id;
    },
    object: async (key) => {
      const answer = await ask({ method: 'GET', path: `/objects/${key}` }).catch(orNull('not_found'));
      return answer && { size: Number(answer.headers['content-length']), body: answer.body };
    },
    newJobId: () => newJobId(Date.now()),
    staging: (jobId) => ({
      key: (filename) => stagingKeys.archive(jobId, filename),
      put: async (_bucket, key, body, { maxBytes }) => {
        const filename = key.slice(key.lastIndexOf('/') + 1);
        const path = `/jobs/${jobId}/archive/${filename}?max=${maxBytes}`;
        const answer = await ask({ method: 'PUT', path, body, headers: { 'content-type': 'application/zip' } });
        return JSON.parse(await readText(answer.body)) as { key: string; sha256: string; size: number };
      },
    }),
    submit: async (job) => (await json<{ jobId: string }>('POST', '/jobs', job)).jobId,
    resume: (jobId, access) => json('POST', `/jobs/${jobId}/resume`, { access: access ?? null }),
    retry: async (jobId, access) =>
      (await json<{ jobId: string }>('POST', `/jobs/${jobId}/retry`, { access: access ?? null })).jobId,
    cancel: (jobId) => json('POST', `/jobs/${jobId}/cancel`),
    ended: async (jobId) => {
      const job = await json<JobRow>('GET', `/jobs/${jobId}/ended`);
      if (!TERMINAL.has(job.state)) throw new StageflowError('engine_gone', { jobId });
      return job;
    },
    follow: async function* (jobId, afterSeq = 0, signal) {
      const answer = await ask({
        method: 'GET',
        path: `/jobs/${jobId}/stream`,
        headers: { 'last-event-id': String(afterSeq) },
        ...(signal ? { signal } : {}),
      });
      for await (const message of readStream(answer.body)) {
        if (message.event === 'end') return;
        yield JSON.parse(message.data) as StageflowEvent;
      }
      throw new StageflowError('engine_gone', { jobId });
    },
    close: async () => {},
  };
}

/** An answer that says no, as the error that it tells of. */
async function refusal(answer: LocalAnswer): Promise<StageflowError> {
  return (
    problemIn(await readText(answer.body)) ??
    new StageflowError('internal', { reason: `the engine answered ${answer.status}` })
  );
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
