import type { Clock, Log, Timer } from '@stageflow/engine/kernel';
import type { DeliveryRow, Ledger } from '@stageflow/engine/ledger';
import type { ServerConfig } from '../config.ts';
import { collectDeliveries } from './collect.ts';
import { delivered, nextTry } from './schedule.ts';
import { guardedSend, type Send } from './send.ts';

/** Deliveries that are looked at in one round. */
const BATCH = 50;

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
  readonly clock: Clock;
  readonly log: Log;
  readonly send?: Send;
}): Webhooks {
  const { ledger, config, clock, log } = options;
  const { deliveries, webhooks } = ledger.service;
  const send = options.send ?? guardedSend(config.webhookHosts, clock);
  let timer: Timer | null = null;
  let working: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  const deliver = async (delivery: DeliveryRow) => {
    const webhook = webhooks.byId(delivery.webhookId);
    // Deleted since: its deliveries went with it.
    if (!webhook || stopped) return;
    const result = await send(webhook, delivery);
    const nextAt = nextTry(result, delivery.attempts + 1, clock.now());
    deliveries.tried(delivery.id, { ...result, nextAt });
    const about = { webhook: webhook.id, delivery: delivery.id, ...result };
    if (delivered(result)) log.info('a webhook was told', about);
    else log.warn('a webhook could not be told', { ...about, again: nextAt !== null });
  };
  const round = async () => {
    collectDeliveries(ledger, config.publicUrl);
    for (let due = deliveries.due(BATCH); due.length > 0 && !stopped; due = deliveries.due(BATCH)) {
      const lanes = Map.groupBy(due, (delivery) => delivery.webhookId);
      await Promise.all(
        [...lanes.values()].map(async (lane) => {
          for (const delivery of lane) await deliver(delivery);
        }),
      );
    }
  };
  const wake = () => {
    if (stopped) return;
    if (working) {
      again = true;
      return;
    }
    timer?.cancel();
    working = round()
      .catch((error: unknown) => log.error('webhooks could not be told', { error }))
      .finally(() => {
        working = null;
        if (stopped) return;
        const next = deliveries.nextDue();
        if (again) {
          again = false;
          wake();
        } else if (next !== null) timer = clock.after(Math.max(1000, next - clock.now()), wake);
      });
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
      await working;
    },
  };
}
