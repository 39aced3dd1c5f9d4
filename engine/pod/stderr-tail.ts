import type { Readable } from 'node:stream';

const KEPT = 8 * 1024;

/** The last 8 KiB that a hostile process wrote, safe to print: control characters and direction marks are escaped, line ends stay. */
export function tailOf(streams: readonly (Readable | null)[]): () => string {
  let tail = Buffer.alloc(0);
  for (const stream of streams) {
    stream?.on('data', (chunk: Buffer) => {
      tail = Buffer.concat([tail, chunk.subarray(-KEPT)]).subarray(-KEPT);
    });
    stream?.on('error', () => undefined);
  }
  return () => escaped(tail.toString('utf8')).slice(-KEPT);
}

function escaped(text: string): string {
  return text.replace(
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
