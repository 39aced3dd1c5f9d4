import { useEffect, useRef, useState } from 'react';
import type { StageflowEvent } from '@stageflow/engine/event';
import type { JobView } from '@stageflow/engine/view';
import { useShortcuts } from '../../app/shortcuts.ts';
import { call } from '../../api/call.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { logLines } from '../../state/job/log.ts';
import { useApp } from '../../state/store.ts';
import { Show } from '../../ui/states.tsx';
import { clock } from '../../ui/time.ts';
import styles from './log.module.css';

/** Lines shown; the rest is in the job's events. */
const MOST = 300;

/** What happened, line by line, opened when asked for. */
export function Log({ view }: { readonly view: JobView }) {
  const [open, setOpen] = useState(false);
  useShortcuts('Log', [
    { keys: 'l', label: open ? 'Hide the log' : 'Show the log', command: true, run: () => setOpen(!open) },
  ]);
  return (
    <section className={styles['log']} aria-label="Log">
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? 'Hide the log' : 'Show the log'}
      </button>
      {open && <Lines view={view} />}
    </section>
  );
}

/** The newest lines: those from before it was opened are asked for once, later ones come live. */
function Lines({ view }: { readonly view: JobView }) {
  const { jobId } = view;
  const [after] = useState(() => Math.max(0, view.seq - MOST));
  const live = useApp((state) => state.watched?.log) ?? [];
  const loaded = useLoaded(`${jobId} ${after}`, (signal) =>
    call('GET /api/v1/jobs/{id}/events', { path: { id: jobId }, query: { after, limit: MOST }, signal }),
  );
  return (
    <Show of={loaded} what="the log">
      {({ events }) => {
        const before = logLines(events as unknown as readonly StageflowEvent[], view);
        const last = before.at(-1)?.seq ?? 0;
        return <List lines={[...before, ...live.filter(({ seq }) => seq > last)].slice(-MOST)} />;
      }}
    </Show>
  );
}

/** Stays at its end while the reader is there, and leaves a reader who scrolled up in peace. */
function List({ lines }: { readonly lines: ReturnType<typeof logLines> }) {
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines.length]);
  return (
    <ol
      ref={list}
      className={styles['lines']}
      tabIndex={0}
      aria-label="Log of the run"
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        atEnd.current = scrollTop + clientHeight > scrollHeight - 40;
      }}
    >
      {lines.map(({ seq, time, text, tone }) => (
        <li key={seq} className={tone === 'trouble' ? styles['trouble'] : undefined}>
          <time dateTime={new Date(time).toISOString()}>{clock(time)}</time> <bdi>{text}</bdi>
        </li>
      ))}
    </ol>
  );
}
