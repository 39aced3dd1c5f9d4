import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ArtifactPath, ContainerMessage, NextRequest, PlanRequest, Sha256 } from '../../scanner/index.ts';
import type { WorkItem } from '../../scanner/index.ts';
import type { ChannelHandlers } from '../runtime.ts';
import { answerJson } from './answer.ts';
import { cappedBody, readJson } from './body.ts';
import { CHANNEL_LIMITS } from './limits.ts';
import { Refusal, breach } from './refusal.ts';

/** Bytes that the containers of a job may still store. */
export interface ArtifactBudget {
  left: number;
}

/** One request under way. */
export interface Exchange {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly handlers: ChannelHandlers;
  readonly budget: ArtifactBudget;
  readonly pollMs: number;
  /** To be called whenever bytes of the body came in. */
  readonly seen: () => void;
}

type Route = (exchange: Exchange) => Promise<void>;

/** The handler of a request line, or null. */
export function routeOf(method: string, path: string): Route | null {
  const rest = path.startsWith('/artifacts/') ? path.slice('/artifacts/'.length) : null;
  if (rest !== null && method === 'PUT') return (exchange) => putArtifact(exchange, rest);
  if (rest !== null && method === 'GET') return (exchange) => getArtifact(exchange, rest);
  return ROUTES[`${method} ${path}`] ?? null;
}

const ROUTES: Readonly<Record<string, Route>> = {
  'GET /assignment': async ({ stream, handlers }) => answerJson(stream, 200, await handlers.assignment()),
  'GET /input': async ({ stream, handlers }) => sendBytes(stream, await handlers.input()),
  'POST /messages': async ({ stream, handlers }) => {
    const message = await readJson(stream, ContainerMessage, CHANNEL_LIMITS.largeMessage, ({ type }) =>
      type === 'runner.origin' || type === 'page.visited' || type === 'extractor.ready' || type === 'cell.done'
        ? CHANNEL_LIMITS.largeMessage
        : CHANNEL_LIMITS.message,
    );
    answerJson(stream, 200, await handlers.message(message));
  },
  'POST /next': async (exchange) => {
    const request = await readJson(exchange.stream, NextRequest, CHANNEL_LIMITS.message);
    const work = await poll(exchange, request);
    if (exchange.stream.destroyed || exchange.stream.closed) return;
    if (work === 'wait') exchange.stream.respond({ ':status': 204 }, { endStream: true });
    else if (work === 'done') exchange.stream.respond({ ':status': 410 }, { endStream: true });
    else answerJson(exchange.stream, 200, work);
  },
  'POST /model': async ({ stream, handlers }) => {
    const request = await readJson(stream, PlanRequest, CHANNEL_LIMITS.message);
    const answer = (await handlers.plan?.(request)) ?? null;
    if (answer === null) throw new Refusal(404, 'not_measurable', 'no model is configured for this job');
    answerJson(stream, 200, answer);
  },
};

/** Asks for work and stops waiting when the time is up or the container went away. Work that arrives at the last moment is still handed out. */
async function poll({ stream, handlers, pollMs }: Exchange, request: NextRequest): Promise<WorkItem | 'wait' | 'done'> {
  const gone = new AbortController();
  const stop = () => gone.abort();
  const timer = setTimeout(stop, pollMs);
  stream.once('close', stop);
  try {
    return await handlers.next(request, gone.signal);
  } catch (thrown) {
    if (gone.signal.aborted && !(thrown instanceof Error && 'code' in thrown && thrown.code === 'fenced'))
      return 'wait';
    throw thrown;
  } finally {
    clearTimeout(timer);
    stream.off('close', stop);
  }
}

async function putArtifact({ stream, headers, handlers, budget, seen }: Exchange, path: string): Promise<void> {
  if (!ArtifactPath.safeParse(path).success) throw breach(400, 'a path that no artifact may have');
  const announced = Sha256.safeParse(headers['x-content-sha256']);
  if (!announced.success) throw breach(400, 'an artifact without a hash');
  const stored = await handlers.putArtifact(path, announced.data, checked(stream, announced.data, budget, seen));
  answerJson(stream, 200, stored);
}

/** The upload's bytes within all limits; throws before its end is told when they are not what the hash announced. */
async function* checked(
  stream: ServerHttp2Stream,
  sha256: string,
  budget: ArtifactBudget,
  seen: () => void,
): AsyncGenerator<Buffer, void, undefined> {
  const hash = createHash('sha256');
  for await (const chunk of cappedBody(stream, CHANNEL_LIMITS.artifact)) {
    if (chunk.length > budget.left) throw new Refusal(413, 'store_failed', 'the job has stored as much as it may');
    budget.left -= chunk.length;
    seen();
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== sha256) throw breach(400, 'an artifact that is not what its hash announced');
}

async function getArtifact({ stream, handlers }: Exchange, key: string): Promise<void> {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,12}$/.test(key) || key.length > 600) {
    throw breach(400, 'a key that no artifact can have');
  }
  await sendBytes(stream, await handlers.getArtifact(key));
}

async function sendBytes(stream: ServerHttp2Stream, bytes: AsyncIterable<Uint8Array> | null): Promise<void> {
  if (bytes === null) throw new Refusal(404, 'not_measurable', 'there is no such object');
  stream.respond({ ':status': 200, 'content-type': 'application/octet-stream' });
  await pipeline(Readable.from(bytes), stream);
}
