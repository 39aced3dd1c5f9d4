import type { OwnPlaces } from '@stageflow/engine';
import type { Clock, Log, Timer } from '@stageflow/engine/kernel';
import type { DeliveryRow, Ledger } from '@stageflow/engine/ledger';
import type { ServerConfig } from '../config.ts';
import { collectDeliveries } from './collect.ts';
import { delivered, nextTry } from './schedule.ts';
import { guardedSend, type Send } from './send.ts';

/** The courier: tells webhooks what they asked for, over restarts. */
export interface Webhooks {
  /** Something is due now. */
  wake(): void;
  /** Ends; resolves when the tries in hand are recorded. */
  stop(): Promise<void>;
}

/** Starts the courier: what is due is sent, one webhook's messages in their order, different webhooks side by side. */
export function startWebhooks(options: {
  readonly ledger: Ledger;
  readonly config: Pick<ServerConfig, 'publicUrl' | 'webhookHosts'>;
  readonly own: OwnPlaces;
  readonly clock: Clock;
  readonly log: Log;
  readonly send?: Send;
}): Webhooks {
  const { ledger, config, clock, log } = options;
  const { deliveries, webhooks } = ledger.service;
  const send = options.send ?? guardedSend(config.webhookHosts, options.own, clock);
  /** One delivery in hand for each webhook, so that a receiver that never answers holds back its own messages alone. */
  const inHand = new Map<string, Promise<void>>();
  let timer: Timer | null = null;
  let stopped = false;

  const deliver = async (delivery: DeliveryRow) => {
    const webhook = webhooks.byId(delivery.webhookId);
    // Deleted since: its deliveries went with it.
    if (!webhook) return;
    const result = await send(webhook, delivery);
    const nextAt = nextTry(result, delivery.attempts + 1, clock.now());
    deliveries.tried(delivery.id, { ...result, nextAt });
    const about = { webhook: webhook.id, delivery: delivery.id, ...result };
    if (delivered(result)) log.info('a webhook was told', about);
    else log.warn('a webhook could not be told', { ...about, again: nextAt !== null });
  };
  const failed = (error: unknown) => {
    log.error('webhooks could not be told', { error });
    // What the ledger refuses now it may take later.
    if (!stopped) later(clock.now());
  };
  const begin = (delivery: DeliveryRow) => {
    const { webhookId } = delivery;
    const ending = deliver(delivery)
      .finally(() => inHand.delete(webhookId))
      .then(sendDue, failed);
    inHand.set(webhookId, ending);
  };
  const later = (at: number) => {
    timer?.cancel();
    timer = clock.after(Math.max(1000, at - clock.now()), wake);
  };
  const sendDue = () => {
    if (stopped) return;
    try {
      for (const delivery of deliveries.due()) if (!inHand.has(delivery.webhookId)) begin(delivery);
      const next = deliveries.nextDue();
      if (next !== null) later(next);
    } catch (error) {
      failed(error);
    }
  };
  const wake = () => {
    if (stopped) return;
    try {
      collectDeliveries(ledger, config.publicUrl);
    } catch (error) {
      failed(error);
      return;
    }
    sendDue();
  };
  const unlisten = ledger.onCommit((events) => {
    if (events.some((event) => event.type === 'jobs.events.completed' || event.type === 'jobs.events.failed')) wake();
  });
  wake();
  return {
    wake,
    stop: async () => {
      stopped = true;
      unlisten();
      timer?.cancel();
      await Promise.all(inHand.values());
    },
  };
}
