import type { StageflowError } from '../kernel/index.ts';
import type { EventDraft } from '../ledger/port.ts';
import type { AttemptEnd } from './attempt.ts';
import { failureOf } from './commands/fail-job.ts';
import type { Hand } from './hand.ts';

const NO_COUNTS = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };

/** Deaths that no page can cause: the store was away, or Podman lost the container. */
const NO_PAGE: ReadonlySet<string> = new Set(['store_failed', 'pod_lost']);

/**
 * Two deaths with one page in hand: that page's missing cells fail, and the scan goes on without them. The answer is asked after each
 * death; it says whether there was a page to blame.
 */
export function createBlame(hand: Hand): (inFlight: AttemptEnd['inFlight'], error: StageflowError) => boolean {
  const crashes = new Map<string, number>();
  return (inFlight, error) => {
    if (NO_PAGE.has(error.code)) return false;
    const failure = failureOf(error, hand);
    for (const { pageId, scanners } of inFlight) {
      const seen = (crashes.get(pageId) ?? 0) + 1;
      crashes.set(pageId, seen);
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
}
