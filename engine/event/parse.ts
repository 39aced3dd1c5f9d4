import { z } from 'zod';
import { StageflowError } from '../kernel/index.ts';
import { EVENTS, type EventType, type StageflowEvent } from './catalog.ts';
import { EnvelopeBase } from './envelope.ts';
import { SUBJECTS } from './subjects.ts';
import { lineageOf, upgrade } from './upgrade.ts';

/** Largest event text that is read, in bytes of UTF-8: the streams' `max_msg_size`. */
export const MAX_EVENT_BYTES = 256 * 1024;

const Head = z.object({ type: z.string().max(100), version: z.number().int().positive(), data: z.unknown() });

const SCHEMAS = new Map<string, z.ZodType>(
  SUBJECTS.map((type) => [
    type,
    z.object({
      ...EnvelopeBase.shape,
      type: z.literal(type),
      version: z.literal(EVENTS[type].version),
      data: EVENTS[type].data,
    }),
  ]),
);

const bad = (reason: string, cause?: unknown): StageflowError =>
  new StageflowError('bad_event', { reason: reason.slice(0, 400) }, { cause });

/** The id of an event: a function of its job, type and key alone, so that a repetition is seen as one. */
export function eventId(jobId: string, type: EventType, key: string): string {
  return `${jobId}:${type}:${key}`;
}

/** An event out of a value of unknown shape: upgraded to the newest version, then checked. Throws `bad_event` or `future_event`. */
export function checkEvent(value: unknown): StageflowEvent {
  const head = Head.safeParse(value);
  if (!head.success) throw bad('it has no type or version', head.error);
  const { type, version } = head.data;
  const schema = SCHEMAS.get(type);
  if (schema === undefined) throw bad(`there is no event of type ${type}`);
  const lineage = lineageOf(type as EventType);
  const data = upgrade(type, version, head.data.data, lineage);
  const event = schema.safeParse({ ...(value as object), version: lineage.version, data });
  if (!event.success) {
    const [issue] = event.error.issues;
    throw bad(`${type}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`, event.error);
  }
  return event.data as StageflowEvent;
}

/** An event out of raw text, as a stream or an archive gives it. Throws `bad_event` or `future_event`. */
export function parseEvent(raw: string | Uint8Array): StageflowEvent {
  const bytes = typeof raw === 'string' ? Buffer.byteLength(raw) : raw.byteLength;
  if (bytes > MAX_EVENT_BYTES) throw bad(`it has ${bytes} bytes, more than ${MAX_EVENT_BYTES}`);
  let value: unknown;
  try {
    value = JSON.parse(typeof raw === 'string' ? raw : new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch (cause) {
    throw bad('it is not JSON', cause);
  }
  return checkEvent(value);
}
