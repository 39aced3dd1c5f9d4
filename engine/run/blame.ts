import type { StageflowError } from '../kernel/index.ts';
import type { EventDraft } from '../ledger/port.ts';
import type { AttemptEnd } from './attempt.ts';
import { failureOf } from './commands/fail-job.ts';
import type { Hand } from './hand.ts';

const NO_COUNTS = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };

/** Deaths that no page can cause: the store was away, or Podman lost the container. */
const NO_PAGE: ReadonlySet<string> = new Set(['store_failed', 'pod_lost']);

/** Which pages brought containers down. */
export interface Blame {
  /** Told of each death; says whether there was a page to blame. A page in hand at a second one loses its missing cells, and the scan goes on without them. */
  died(inFlight: AttemptEnd['inFlight'], error: StageflowError): boolean;
  /** Pages that were in hand at a death: each is tried again with no other beside it, so that a second death blames one page and not its neighbour. */
  readonly suspects: ReadonlySet<string>;
}

/** Nobody is blamed yet. */
export function createBlame(hand: Hand): Blame {
  const crashes = new Map<string, number>();
  const suspects = new Set<string>();
  const died: Blame['died'] = (inFlight, error) => {
    if (NO_PAGE.has(error.code)) return false;
    const failure = failureOf(error, hand);
    for (const { pageId, scanners } of inFlight) {
      const seen = (crashes.get(pageId) ?? 0) + 1;
      crashes.set(pageId, seen);
      suspects.add(pageId);
      if (seen < 2) continue;
      const drafts: EventDraft[] = scanners.map(
        (scanner): EventDraft<'scan.events.cell.completed'> => ({
          type: 'scan.events.cell.completed',
          key: `${pageId}/${scanner}`,
          cause: null,
          data: {
            pageId,
            scanner,
            outcome: 'failed',
            failure,
            raw: null,
            findings: null,
            evidence: [],
            counts: NO_COUNTS,
            milliseconds: 0,
            adoptedFrom: null,
          },
        }),
      );
      if (pageId !== '_site') {
        const page: EventDraft<'scan.events.page.completed'> = {
          type: 'scan.events.page.completed',
          key: pageId,
          cause: null,
          data: { pageId, status: 'failed', failure, evidence: [] },
        };
        drafts.push(page);
      }
      hand.ports.ledger.append(hand.jobId, hand.attempt, drafts);
    }
    return inFlight.length > 0;
  };
  return { died, suspects };
}
