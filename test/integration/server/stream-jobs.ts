import type { StageflowEvent } from '../../../engine/event/index.ts';
import { newJobId } from '../../../engine/kernel/index.ts';
import type { EventDraft, Ledger } from '../../../engine/ledger/index.ts';
import { drafts, specOf } from '../../conformance/events.ts';

/** A job that the test itself moves, event by event; no engine runs it. */
export interface ScriptedJob {
  readonly id: string;
  add(...facts: readonly EventDraft[]): readonly StageflowEvent[];
  /** Finds and visits pages in one commit (the first page is found already). `size`: rough bytes of each visit's event. */
  visit(first: number, count?: number, size?: number): void;
  /** Scans its pages to the end and says so. */
  end(): void;
}

/** Stores one, ready to be scanned. */
export function scriptedJob(ledger: Ledger, owner = 'team'): ScriptedJob {
  const id = newJobId(Date.now());
  ledger.receive(ledger.createJob({ id, spec: specOf('urls'), parent: null, owner }));
  const add = (...facts: readonly EventDraft[]) => ledger.append(id, 1, facts);
  add(drafts.discovered(0));
  return {
    id,
    add,
    visit: (first, count = 1, size = 0) => {
      const blocked = Array.from({ length: Math.ceil(size / 1000) }, (_, at) => ({
        url: `https://shop.example/${at}/${'x'.repeat(900)}`,
        type: 'image',
        reason: 'elsewhere',
      }));
      add(
        ...Array.from({ length: count }, (_, at) => first + at).flatMap((n) => {
          const visited = drafts.visited(n);
          const full = { ...visited, data: { ...visited.data, ...(size > 0 ? { blocked } : {}) } } as EventDraft;
          return n === 0 ? [full] : [drafts.discovered(n), full];
        }),
      );
    },
    end: () => {
      const [scanned] = add(drafts.scanned());
      if (scanned) ledger.receive(scanned);
      const [done] = add(drafts.done());
      if (done) ledger.receive(done);
    },
  };
}

/** Positions and ids of what the ledger holds after a position, as frames bear them. */
export function recorded(ledger: Ledger, after: number, jobId?: string): readonly string[] {
  return ledger.eventsFrom(after, 100_000, jobId).map(({ position, event }) => `${position} ${event.id}`);
}
