/** What the engine's process tells main, beside the answers that go through the bridge. */
export type FromHost =
  /** It answers from now on. `borrowed`: it speaks with an engine that another program of this person runs. */
  | { readonly kind: 'ready'; readonly borrowed: boolean }
  /** A line for a person: what is being fetched, built or waited for. */
  | { readonly kind: 'said'; readonly line: string }
  /** It cannot start, and why; it ends by itself after this. */
  | { readonly kind: 'unable'; readonly code: string; readonly sentence: string };

/** What main tells the engine's process. */
export type ToHost =
  /** Cells in hand may end for so long, then it ends by itself; unfinished jobs go on with its next start. */
  { readonly kind: 'leave'; readonly graceSeconds: number };

const FROM_HOST = new Set(['ready', 'said', 'unable']);

/** A message of the engine's process that is not of the bridge; null for the bridge's own. */
export function fromHost(message: unknown): FromHost | null {
  const { kind } = (message ?? {}) as { kind?: unknown };
  return typeof kind === 'string' && FROM_HOST.has(kind) ? (message as FromHost) : null;
}
