import type { EventDraft } from '../../ledger/port.ts';
import { completeLater } from './on-page-done.ts';
import type { Message, Talk } from './talk.ts';

/** `cell.done`: records the end of a cell, and the end of its page when it was the last. */
export async function onCellDone(talk: Talk, m: Message<'cell.done'>): Promise<void> {
  const { job, queue } = talk;
  if (!job.spec.modules.some((mod) => mod.id === m.scanner))
    talk.violation(`it reported a cell of ${m.scanner}, which was not asked for`);
  if (m.pageId !== '_site' && !queue.page(m.pageId))
    talk.violation('it reported a cell of a page that was not handed out');
  const draft: EventDraft<'scan.events.cell.completed'> = {
    type: 'scan.events.cell.completed',
    key: `${m.pageId}/${m.scanner}`,
    cause: null,
    data: {
      pageId: m.pageId,
      scanner: m.scanner,
      outcome: m.outcome,
      failure: talk.failureOf({
        code: m.outcome === 'ok' ? null : (m.code ?? 'cell_failed'),
        reason: m.reason,
        about: m.pageId,
        scanner: m.scanner,
      }),
      raw: talk.receipted(m.raw),
      findings: talk.receipted(m.findings),
      evidence: m.evidence.flatMap((e) => talk.receipted(e) ?? []),
      counts: m.counts,
      milliseconds: m.milliseconds,
      adoptedFrom: null,
    },
  };
  await talk.record([draft]);
  queue.cellDone(m.pageId, m.scanner, m.outcome);
  const page = queue.page(m.pageId);
  if (page?.laneDone && !page.completed && queue.missingMachineCells(m.pageId).length === 0)
    await completeLater(talk, m.pageId);
  talk.changed.notify();
}
