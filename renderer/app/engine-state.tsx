import { useEffect, useState } from 'react';
import { PLACE } from '../api/place.ts';
import type { Readiness } from '../api/schema.ts';
import styles from './engine-state.module.css';

type State = { readonly tone: 'good' | 'bad' | 'unknown'; readonly word: string; readonly why: string };

const ASK_MS = 20_000;
const PARTS: Readonly<Record<string, string>> = {
  database: 'the ledger',
  queue: 'the queue',
  podman: 'Podman',
  store: 'the store',
  disk: 'the disk',
};

function stateOf({ status, parts }: Readiness): State {
  if (status === 'ready') return { tone: 'good', word: 'Ready', why: 'The engine takes new work.' };
  if (status === 'stopping')
    return { tone: 'bad', word: 'Stopping', why: 'The server is being stopped and takes no new work.' };
  const failing = Object.entries(parts).flatMap(([part, word]) => (word === 'failing' ? [PARTS[part] ?? part] : []));
  return { tone: 'bad', word: 'Not ready', why: `No new work is taken: ${failing.join(', ')} failed its last check.` };
}

const AWAY: State = { tone: 'bad', word: 'Offline', why: 'The server does not answer.' };

/** Asked aside from the API, since it needs no token and says 503 as an answer, not as a failure. */
async function ask(signal: AbortSignal): Promise<State> {
  try {
    const answer = await fetch(`${PLACE}/readyz`, { signal });
    return stateOf((await answer.json()) as Readiness);
  } catch {
    return AWAY;
  }
}

/** A pill in the top bar: whether the engine takes work. It leads to the doctor. */
export function EngineState() {
  const [state, setState] = useState<State>({ tone: 'unknown', word: '', why: 'The engine is being asked.' });
  useEffect(() => {
    const stop = new AbortController();
    const look = async () => {
      if (document.hidden) return;
      const found = await ask(stop.signal);
      if (!stop.signal.aborted) setState(found);
    };
    void look();
    const timer = setInterval(look, ASK_MS);
    for (const name of ['online', 'offline'] as const) window.addEventListener(name, look, { signal: stop.signal });
    document.addEventListener('visibilitychange', look, { signal: stop.signal });
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, []);
  return (
    <a className={`${styles['pill']} ${styles[state.tone]}`} href="/doctor" title={state.why}>
      <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true" focusable="false">
        {state.tone === 'good' ? (
          <circle cx="6" cy="6" r="5" fill="currentColor" />
        ) : (
          <path d="M2 2l8 8M10 2l-8 8" stroke="currentColor" strokeWidth="2.500" />
        )}
      </svg>
      <span className="hidden-text">Engine: </span>
      {state.word}
    </a>
  );
}
