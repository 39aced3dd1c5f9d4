import type { ServerHttp2Stream } from 'node:http2';
import type { z } from 'zod';
import { CHANNEL_LIMITS } from './limits.ts';
import { breach } from './refusal.ts';

/**
 * The chunks of a request's body, at most `cap` bytes. Node shows a reset stream as one that ended, so the stream's code is checked:
 * half an upload must never be taken for a whole one.
 */
export async function* cappedBody(stream: ServerHttp2Stream, cap: number): AsyncGenerator<Buffer, void, undefined> {
  let size = 0;
  // A refusal in the middle of a body must still be answered on the same stream, so leaving the loop does not destroy it.
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > cap) throw breach(413, `a body of more than ${cap} bytes`);
    yield chunk;
  }
  if (stream.rstCode !== 0 || stream.aborted || stream.session?.destroyed !== false)
    throw new Error('the upload was cut short');
}

/** Reads and parses a JSON body; `cap` may depend on what the text turns out to be, `most` bounds it before that. */
export async function readJson<T>(
  stream: ServerHttp2Stream,
  schema: z.ZodType<T>,
  most: number,
  capOf: (value: T) => number = () => most,
): Promise<T> {
  const chunks: Buffer[] = [];
  for await (const chunk of cappedBody(stream, most)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const parsed = schema.safeParse(parseJson(bytes));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw breach(400, `a message that does not fit its schema at ${issue?.path.join('.') || 'its root'}`);
  }
  if (bytes.length > capOf(parsed.data)) throw breach(413, `a message of ${bytes.length} bytes`);
  return parsed.data;
}

/** JSON from hostile bytes: valid UTF-8 and bounded nesting, checked before anything recurses over it. */
export function parseJson(bytes: Uint8Array, maxDepth: number = CHANNEL_LIMITS.jsonDepth): unknown {
  if (depthOf(bytes) > maxDepth) throw breach(400, `JSON nested deeper than ${maxDepth} levels`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw breach(400, 'a body that is not JSON');
  }
}

/** Deepest nesting of brackets outside strings; counts on bytes, since brackets and quotes are single bytes in UTF-8. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (quoted) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) quoted = false;
    } else if (byte === 0x22) quoted = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return deepest;
}
