import { useCallback, useEffect, useState } from 'react';
import { asProblem, type Problem } from './problem.ts';

/** Something that is asked for: not there yet, there, or refused. `reload` asks again and keeps what is shown meanwhile; `again` says that it is under way. */
export type Loaded<T> = { readonly reload: () => void; readonly again: boolean } & (
  | { readonly status: 'loading' }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly problem: Problem }
);

type Held<T> = { readonly key: string; readonly round: number } & (
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly problem: Problem }
);

/** Asks once per `key`, breaks off what is not wanted any more, and never shows the answer to another key. `load` is called anew only with the key. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [held, setHeld] = useState<Held<T> | null>(null);
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  useEffect(() => {
    const asked = new AbortController();
    load(asked.signal).then(
      (value) => {
        if (!asked.signal.aborted) setHeld({ key, round, status: 'ready', value });
      },
      (error: unknown) => {
        if (!asked.signal.aborted) setHeld({ key, round, status: 'failed', problem: asProblem(error) });
      },
    );
    return () => asked.abort();
    // The key stands for everything that `load` closes over.
  }, [key, round]);
  if (held?.key !== key) return { status: 'loading', reload, again: false };
  const again = held.round !== round;
  return held.status === 'ready'
    ? { status: 'ready', value: held.value, reload, again }
    : { status: 'failed', problem: held.problem, reload, again };
}
