import type { MessageAnswer } from '../../scanner/index.ts';
import { HOLD_MS, type Message, type Talk } from './talk.ts';

/**
 * `page.visited`: records the visit together with the pages it leads to, and says whether there is anything to scan. Visits are taken in the
 * order in which their pages were handed out.
 */
export async function onPageVisited(talk: Talk, m: Message<'page.visited'>): Promise<MessageAnswer> {
  if (!talk.queue.page(m.pageId)) talk.violation('it visited a page that was not handed out');
  while (!talk.queue.visitable(m.pageId) && !talk.closed) await talk.changed.wait(HOLD_MS);
  const decision = talk.startCrawl().visited(m);
  await talk.record(decision.drafts);
  return { skip: decision.left || decision.duplicateOf !== null };
}
