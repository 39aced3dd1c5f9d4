import type { MessageAnswer } from '../../scanner/index.ts';
import type { Message, Talk } from './talk.ts';

/** `page.visited`: records the visit together with the pages it leads to, and says whether there is anything to scan. */
export async function onPageVisited(talk: Talk, m: Message<'page.visited'>): Promise<MessageAnswer> {
  if (!talk.queue.page(m.pageId)) talk.violation('it visited a page that was not handed out');
  const decision = talk.startCrawl().visited(m);
  await talk.record(decision.drafts);
  return { skip: decision.left || decision.duplicateOf !== null };
}
