import { type StageflowEvent } from '@stageflow/engine/event';
import { sha256Hex } from '@stageflow/engine/kernel';
import type { JobRow } from '@stageflow/engine/ledger';

/** Events that a webhook may ask for. */
export const WEBHOOK_EVENTS = ['jobs.events.completed', 'jobs.events.failed'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** The event as one that webhooks are told of, or null. */
export function toldOf(event: StageflowEvent): Extract<StageflowEvent, { type: WebhookEvent }> | null {
  return event.type === 'jobs.events.completed' || event.type === 'jobs.events.failed' ? event : null;
}

/** The same message for the same event and webhook however often it is made, so that a crash between two steps tells nothing twice. */
export function messageId(eventId: string, webhookId: string): string {
  return `msg_${sha256Hex(`${eventId} ${webhookId}`).slice(0, 32)}`;
}

/** What a webhook is told of a job's end, as JSON. `address` is where people reach this server, or null. */
export function messageBody(
  event: Extract<StageflowEvent, { type: WebhookEvent }>,
  job: Pick<JobRow, 'id' | 'spec'>,
  address: string | null,
): string {
  const outcome =
    event.type === 'jobs.events.completed'
      ? { state: 'DONE', verdict: event.data.verdict, counts: event.data.counts, failure: null }
      : {
          state: 'FAILED',
          verdict: null,
          counts: null,
          failure: { code: event.data.failure.code, sentence: event.data.failure.sentence },
        };
  return JSON.stringify({
    type: event.type,
    timestamp: new Date(event.time).toISOString(),
    data: {
      jobId: job.id,
      label: job.spec.label,
      ...outcome,
      reportUrl: address === null ? null : `${address.replace(/\/$/, '')}/scan/${job.id}/report`,
    },
  });
}
