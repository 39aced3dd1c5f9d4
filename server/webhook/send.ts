import type { OwnPlaces } from '@stageflow/engine';
import { createEgress, guardedFetch } from '@stageflow/engine/egress';
import { asStageflowError, type Clock } from '@stageflow/engine/kernel';
import type { DeliveryRow, WebhookRow } from '@stageflow/engine/ledger';
import type { TryResult } from './schedule.ts';
import { signedHeaders, signingSecrets } from './signature.ts';

const TIMEOUT_MS = 10_000;

/** Sends one message once. */
export type Send = (webhook: WebhookRow, delivery: DeliveryRow) => Promise<TryResult>;

/**
 * Sends through the egress guard: public addresses only (and `allowHosts`), never `own` places, the connection pinned to the address that was judged, no
 * redirects, ten seconds. The answer's body is not read. Never rejects.
 */
export function guardedSend(allowHosts: readonly string[], own: OwnPlaces, clock: Clock): Send {
  return async (webhook, { id, body }) => {
    const now = clock.now();
    const egress = createEgress({
      kind: 'web',
      allowHosts,
      allowAssets: [],
      services: own.services(),
      ownAddresses: own.addresses,
      extraPorts: true,
    });
    try {
      const { status } = await guardedFetch(egress, webhook.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Stageflow-Webhook/1',
          ...signedHeaders(signingSecrets(webhook, now), { id, body, seconds: Math.floor(now / 1000) }),
        },
        body,
        redirects: 0,
        maxBytes: 0,
        timeoutMs: TIMEOUT_MS,
      });
      return { status, reason: null };
    } catch (error) {
      return { status: null, reason: asStageflowError(error).message.slice(0, 300) };
    } finally {
      egress.close();
    }
  };
}
