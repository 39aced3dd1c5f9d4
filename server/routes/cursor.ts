import { StageflowError } from '@stageflow/engine/kernel';

/** A place in a list for clients: opaque, so that what it is made of may change. */
export function writeCursor(place: string): string {
  return Buffer.from(`v1:${place}`).toString('base64url');
}

/** The place behind a cursor; one that was not made here is `bad_request`. */
export function readCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!/^v1:[\w./-]{1,600}$/.test(text))
    throw new StageflowError('bad_request', { reason: 'query.cursor: it was not given here' });
  return text.slice(3);
}
