import { StageflowError } from '@stageflow/engine/kernel';
import { problemIn } from '../../read-problem.ts';

/** An answer of the API, its body not yet read. */
export interface Answer {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The public API over any transport: a path with its query, and JSON for a body. */
export type Api = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** The whole body as text. */
export async function textOf({ body }: Pick<Answer, 'body'>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Asks, and turns a problem document into the error that it tells of. */
export async function ask(api: Api, method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await api(method, path, body);
  if (answer.status < 400) return answer;
  const text = await textOf(answer);
  throw (
    problemIn(text) ?? new StageflowError('remote_unreachable', { url: path, reason: `it answered ${answer.status}` })
  );
}
