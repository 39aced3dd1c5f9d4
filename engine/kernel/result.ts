/** The answer of a pure function that may refuse: data, never a throw. */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** A success. */
export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

/** A refusal, with the reason as data. */
export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });
