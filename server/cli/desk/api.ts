import { StageflowError } from '@stageflow/engine/kernel';
import { problemIn } from '../../read-problem.ts';

/** An answer of the API, its body not yet read. */
export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** What some requests have beside JSON. */
export interface More {
  readonly headers?: Readonly<Record<string, string>>;
  /** A body that is sent as it comes, instead of JSON. */
  readonly stream?: AsyncIterable<Uint8Array>;
  /** Milliseconds without a byte either way after which the connection counts as lost. */
  readonly idleMs?: number;
}

/** The public API over any transport: a path with its query, and JSON for a body. */
export type Api = (method: string, path: string, body?: unknown, more?: More) => Promise<Answer>;

/** The whole body as text. */
export async function textOf({ body }: Pick<Answer, 'body'>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Asks, and turns a problem document into the error that it tells of. */
export async function ask(api: Api, method: string, path: string, body?: unknown, more?: More): Promise<Answer> {
  const answer = await api(method, path, body, more);
  if (answer.status < 300) return answer;
  const { location } = answer.headers;
  const reason = location === undefined ? `it answered ${answer.status}` : `it sends elsewhere (${String(location)})`;
  throw problemIn(await textOf(answer)) ?? new StageflowError('remote_unreachable', { url: path, reason });
}

/** Asks for JSON, with JSON. */
export async function askJson<T>(api: Api, method: string, path: string, body?: unknown, more?: More): Promise<T> {
  return JSON.parse(await textOf(await ask(api, method, path, body, more))) as T;
}

/** The address of a job, or of something of it. */
export const atJob = (jobId: string, rest = ''): string => `/api/v1/jobs/${encodeURIComponent(jobId)}${rest}`;
