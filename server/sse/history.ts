import type { Ledger } from '@stageflow/engine/ledger';
import { createRecent, type Entry, entryOf } from './recent.ts';

/** Events that a client may have missed and still be given one by one; whoever missed more is better served by a snapshot. */
export const MOST_MISSED = 20_000;
/** Events read from the ledger at a time: about one client's buffer. */
const PAGE = 128;
const RECENT_EVENTS = 2048;
const RECENT_BYTES = 4 * 2 ** 20;

/** The events of the ledger in order of position, as entries. */
export interface History {
  /** Newest position that was read; what is newer comes with the next `advance`. */
  readonly head: number;
  /** Reads what was recorded since and returns it. */
  advance(): readonly Entry[];
  /**
   * The events next after a position, without a hole between it and the last of them; empty when there are none up to the head. Null when some are
   * gone: their job was removed, or the position was never given, or lies too far back.
   */
  after(position: number): readonly Entry[] | null;
}

/** True while an event's job is in the ledger. */
function isKept(ledger: Ledger, { jobId, tenant }: Entry): boolean {
  return tenant === null ? ledger.job(jobId) !== null : ledger.service.owners.tenantOf(jobId) !== null;
}

/** Reads a ledger; the newest events stay in memory. */
export function openHistory(ledger: Ledger): History {
  const recent = createRecent(RECENT_EVENTS, RECENT_BYTES);
  let head = Math.max(0, ledger.positions().newest - RECENT_EVENTS);

  const read = (position: number, limit: number): readonly Entry[] => {
    const tenants = new Map<string, string | null>();
    return ledger.eventsFrom(position, limit).map((row) => {
      const { jobId } = row.event;
      const tenant = tenants.get(jobId) ?? ledger.service.owners.tenantOf(jobId);
      tenants.set(jobId, tenant);
      return entryOf(row, tenant);
    });
  };

  return {
    get head() {
      return head;
    },
    advance: () => {
      const fresh: Entry[] = [];
      for (;;) {
        const page = read(head, PAGE);
        for (const entry of page) recent.add(entry);
        head = page.at(-1)?.position ?? head;
        fresh.push(...page);
        if (page.length < PAGE) return fresh;
      }
    },
    after: (position) => {
      if (position >= head) return position > ledger.positions().newest ? null : [];
      if (head - position > MOST_MISSED) return null;
      const page = recent.after(position, PAGE) ?? read(position, PAGE);
      const removed = new Map<string, boolean>();
      const hole = page.findIndex((entry, at) => {
        if (entry.position !== position + 1 + at) return true;
        // What is kept in memory must not outlive its job.
        const isRemoved = removed.get(entry.jobId) ?? !isKept(ledger, entry);
        removed.set(entry.jobId, isRemoved);
        return isRemoved;
      });
      const whole = hole < 0 ? page : page.slice(0, hole);
      return whole.length === 0 ? null : whole;
    },
  };
}
