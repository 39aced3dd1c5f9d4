import { createHash } from 'node:crypto';
import type { StoredArtifact } from '../../scanner/index.ts';
import { deniedOf } from './crawl.ts';
import type { Message, Talk } from './talk.ts';

/** `page.done`: the page lane is through with a page; it has ended unless cells of the machine lane are still missing. */
export async function onPageDone(talk: Talk, m: Message<'page.done'>): Promise<void> {
  const { queue } = talk;
  if (!queue.page(m.pageId)) talk.violation('it finished a page that was not handed out');
  // The runner was told to leave out what belongs to another site; the reason is the engine's.
  const elsewhere = m.status === 'skipped' && m.code === null ? (talk.crawl?.leftTo(m.pageId) ?? null) : null;
  const said = elsewhere === null ? m : { code: 'page_left', reason: elsewhere };
  const failure = talk.failureOf({ code: said.code, reason: said.reason, about: m.about ?? m.pageId, scanner: null });
  // The lane is through with the page only once its end is on disk: a scan must not count as over before that.
  if (queue.completes(m.pageId, m.status === 'scanned')) {
    const evidence = m.evidence.flatMap((e) => talk.receipted(e) ?? []);
    await talk.completePage(m.pageId, { pageId: m.pageId, status: m.status, failure, evidence });
  }
  queue.pageDone(m.pageId, deniedOf(failure, queue.page(m.pageId)?.url));
  talk.changed.notify();
}

/** A page whose machine cells have ended too: its evidence is what the store holds for it. */
export async function completeLater(talk: Talk, pageId: string): Promise<void> {
  const evidence: StoredArtifact[] = [];
  for await (const object of talk.ports.store.list('scanner-artifacts', `${talk.job.id}/page/evidence/${pageId}/`)) {
    evidence.push(talk.receipts.get(object.key) ?? (await receiptOf(talk, object.key)));
  }
  await talk.completePage(pageId, { pageId, status: 'scanned', failure: null, evidence });
}

/** An object of an earlier attempt: its receipt is worked out again from its bytes. */
async function receiptOf(talk: Talk, key: string): Promise<StoredArtifact> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of (await talk.ports.store.get('scanner-artifacts', key))?.body ?? []) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { key, sha256: hash.digest('hex'), size };
}
