import { sha256Hex, StageflowError } from '@stageflow/engine/kernel';
import type { MiddlewareHandler } from 'hono';
import type { ServerEnv } from '../route.ts';
import { JSON_LIMITS, readJsonText } from './json-text.ts';

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/;

/** The media type of a request's body in lower case, without parameters; '' when it names none. */
export function typeOf(headers: Headers): string {
  return (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Whether a request's body says that it is JSON. */
export function isJson(headers: Headers): boolean {
  return JSON_TYPE.test(typeOf(headers));
}

/** The refusal of a body's type. */
export function wrongType(headers: Headers, wanted: string): StageflowError {
  return new StageflowError('unsupported_type', { given: typeOf(headers) || 'of no type', wanted });
}

/** Bytes that a request announces, or null (chunked). Refused when it is no number, and at once (`too_large`) when it is too many. */
export function announcedBytes(headers: Headers, most: number): number | null {
  const text = headers.get('content-length');
  if (text === null) return null;
  if (!/^\d{1,15}$/.test(text)) throw new StageflowError('bad_request', { reason: 'its Content-Length is no number' });
  if (Number(text) > most) throw new StageflowError('too_large', { limit: amount(most) });
  return Number(text);
}

function amount(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 2 ** 20 ? `${Math.floor(bytes / 1024)} KiB` : `${Math.floor(bytes / 2 ** 20)} MiB`;
}

/**
 * A body chunk by chunk: never more than `most` bytes (`too_large`), neither fewer nor more than were announced, and a sender that goes away is
 * `body_broken`, so that whoever stores it leaves nothing.
 */
export async function* receiveBody(request: Request, most: number): AsyncGenerator<Uint8Array> {
  const announced = announcedBytes(request.headers, most);
  let received = 0;
  try {
    for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
      received += chunk.length;
      if (received > most) throw new StageflowError('too_large', { limit: amount(most) });
      if (chunk.length > 0) yield chunk;
    }
  } catch (error) {
    if (error instanceof StageflowError) throw error;
    throw new StageflowError('body_broken', { reason: 'the sender went away' }, { cause: error });
  }
  if (announced !== null && announced !== received) {
    throw new StageflowError('body_broken', { reason: `announced were ${announced} bytes, sent ${received}` });
  }
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of receiveBody(request, JSON_LIMITS.bytes)) chunks.push(chunk);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new StageflowError('bad_request', { reason: 'it is not UTF-8' });
  }
}

/**
 * Reads a JSON body within its bounds before any schema sees it, and keeps its hash for the idempotency key. A route that takes other bodies too
 * (`alsoTakes`) gets those untouched; every other type is `unsupported_type`.
 */
export function boundedJson(alsoTakes: readonly string[]): MiddlewareHandler<ServerEnv> {
  return async (c, next) => {
    const { raw } = c.req;
    if (isJson(raw.headers)) {
      const text = await readText(raw);
      readJsonText(text);
      c.set('bodyHash', sha256Hex(text));
      const { url, method, headers, signal } = raw;
      c.req.raw = new Request(url, { method, headers, signal, body: text });
    } else if (!alsoTakes.includes(typeOf(raw.headers))) {
      throw wrongType(raw.headers, ['application/json', ...alsoTakes].join(' or '));
    }
    await next();
  };
}
