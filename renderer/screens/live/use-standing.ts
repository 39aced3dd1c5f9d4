import { useEffect, useState } from 'react';
import { call } from '../../api/call.ts';
import { useApp } from '../../state/store.ts';

/** What the engine alone knows of a job, beside its events. */
export interface Standing {
  readonly paused: boolean;
  readonly waiting: boolean;
  readonly setPaused: (paused: boolean) => void;
}

const ASK_MS = 3000;

/** Asks how a job stands: at first, when the stream says that it changed or comes back, and again and again while the job waits for its turn. */
export function useStanding(id: string, state: string): Standing {
  const [standing, set] = useState({ paused: false, waiting: false });
  const pending = state === 'PENDING';
  const told = useApp((app) => app.watched?.paused ?? null);
  const live = useApp((app) => app.watched?.link.state === 'live');
  const over = state === 'DONE' || state === 'FAILED';
  useEffect(() => {
    if (over) {
      set({ paused: false, waiting: false });
      return;
    }
    const stop = new AbortController();
    const ask = () =>
      call('GET /api/v1/jobs/{id}', { path: { id }, signal: stop.signal }).then(
        ({ paused, waiting }) => set({ paused, waiting }),
        // The live connection says what is wrong.
        () => {},
      );
    void ask();
    const timer = pending ? setInterval(ask, ASK_MS) : null;
    return () => {
      stop.abort();
      if (timer !== null) clearInterval(timer);
    };
  }, [id, pending, over, told, live]);
  return { ...standing, setPaused: (paused) => set((now) => ({ ...now, paused })) };
}
