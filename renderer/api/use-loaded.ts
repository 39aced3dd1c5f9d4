import { useCallback, useEffect, useState } from 'react';
import { asProblem, type Problem } from './problem.ts';

/** Something that is asked for: not there yet, there, or refused. `reload` asks again and keeps what is shown meanwhile. */
export type Loaded<T> =
  | { readonly status: 'loading'; readonly reload: () => void }
  | { readonly status: 'ready'; readonly value: T; readonly reload: () => void }
  | { readonly status: 'failed'; readonly problem: Problem; readonly reload: () => void };

type Held<T> =
  | { readonly key: string; readonly status: 'ready'; readonly value: T }
  | { readonly key: string; readonly status: 'failed'; readonly problem: Problem };

/** Asks once per `key`, breaks off what is not wanted any more, and never shows the answer to another key. `load` is called anew only with the key. */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [held, setHeld] = useState<Held<T> | null>(null);
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  useEffect(() => {
    const asked = new AbortController();
    load(asked.signal).then(
      (value) => {
        if (!asked.signal.aborted) setHeld({ key, status: 'ready', value });
      },
      (error: unknown) => {
        if (!asked.signal.aborted) setHeld({ key, status: 'failed', problem: asProblem(error) });
      },
    );
    return () => asked.abort();
    // The key stands for everything that `load` closes over.
  }, [key, round]);
  if (held?.key !== key) return { status: 'loading', reload };
  return held.status === 'ready'
    ? { status: 'ready', value: held.value, reload }
    : { status: 'failed', problem: held.problem, reload };
}
