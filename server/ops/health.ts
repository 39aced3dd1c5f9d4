import type { Pressure } from '../services.ts';

/** Parts that the server cannot work without. */
export const PARTS = ['database', 'queue', 'podman', 'store', 'disk'] as const;
export type Part = (typeof PARTS)[number];

/** What a canary found last. */
export interface Reading {
  readonly ok: boolean;
  /** A clause for a person when it is not. */
  readonly reason: string | null;
  /** Milliseconds that the canary took. */
  readonly ms: number;
}

/** Every part's last reading. */
export interface Health {
  readonly ready: boolean;
  /** True once the server has been told to stop. */
  readonly stopping: boolean;
  readonly parts: Readonly<Record<Part, Reading>>;
}

/** When a refused client may ask again: two rounds of the canaries. */
const RETRY_SECONDS = 10;

/** What the readings mean for readiness. Pure. */
export function judgeHealth(parts: Readonly<Record<Part, Reading>>, stopping: boolean): Health {
  return { ready: !stopping && PARTS.every((part) => parts[part].ok), stopping, parts };
}

/** What strangers are told of a part that fails; why it fails is for the log, which may name places of this machine. */
const WORDS: Readonly<Record<Part, string>> = {
  database: 'its database cannot be written',
  queue: 'its queue does not answer',
  podman: 'it can start no pods',
  store: 'its store does not take files',
  disk: 'its disk is full',
};

/** What the readings mean for new work: nothing is taken that could not be kept. Pure. */
export function pressureOf(health: Health): Pressure | null {
  if (health.stopping) return { reason: 'it is being stopped', retryAfterSeconds: RETRY_SECONDS };
  const broken = PARTS.find((part) => !health.parts[part].ok);
  if (broken === undefined) return null;
  return { reason: WORDS[broken], retryAfterSeconds: RETRY_SECONDS };
}
