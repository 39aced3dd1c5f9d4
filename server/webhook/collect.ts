import type { Ledger } from '@stageflow/engine/ledger';
import { messageBody, messageId, toldOf } from './message.ts';

const POSITION = 'webhookPosition';
const BATCH = 500;

/**
 * Makes deliveries of the events since the last call, in their order. The position is kept in the ledger: what was committed just before a
 * crash is told after it, and nothing twice. The first call of a ledger's life only takes its place: history is not told. Returns how many.
 */
export function collectDeliveries(ledger: Ledger, publicUrl: string | null): number {
  const stored = ledger.setting(POSITION);
  if (stored === null) {
    ledger.setSetting(POSITION, String(ledger.positions().newest));
    return 0;
  }
  let position = Number(stored);
  let made = 0;
  for (;;) {
    const batch = ledger.eventsFrom(position, BATCH);
    for (const { position: at, event: any } of batch) {
      position = at;
      const event = toldOf(any);
      const tenant = event && ledger.service.owners.tenantOf(event.jobId);
      const job = event && ledger.job(event.jobId);
      // An imported job ended elsewhere, long ago: that is no news here.
      if (!event || !job || job.imported || tenant === null) continue;
      for (const webhook of ledger.service.webhooks.list(tenant)) {
        if (!webhook.events.includes(event.type)) continue;
        const added = ledger.service.deliveries.add({
          id: messageId(event.id, webhook.id),
          webhookId: webhook.id,
          jobId: job.id,
          eventType: event.type,
          body: messageBody(event, job, publicUrl),
        });
        if (added) made += 1;
      }
    }
    if (batch.length > 0) ledger.setSetting(POSITION, String(position));
    if (batch.length < BATCH) return made;
  }
}
