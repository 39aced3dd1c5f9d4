import { randomUUID } from 'node:crypto';

/** The id that ties an answer to the log: the caller's own when it is a plain word, else a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get('x-request-id') ?? '';
  return /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
}
