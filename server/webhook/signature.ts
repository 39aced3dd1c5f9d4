import { createHmac, randomBytes } from 'node:crypto';
import type { WebhookRow } from '@stageflow/engine/ledger';

const PREFIX = 'whsec_';

/** A new signing secret in the form of Standard Webhooks: 256 random bits. */
export function newSigningSecret(): string {
  return `${PREFIX}${randomBytes(32).toString('base64')}`;
}

/** Secrets that sign a webhook's messages at a time: its own, then those before it whose time is not over. */
export function signingSecrets(
  { secret, earlier }: Pick<WebhookRow, 'secret' | 'earlier'>,
  now: number,
): readonly string[] {
  return [secret, ...earlier.filter(({ until }) => until > now).map((one) => one.secret)];
}

/**
 * The headers that prove a message: its id, when this try was made, and the HMAC over both and the body, one with each secret, so that a
 * receiver who knows any of them is content.
 */
export function signedHeaders(
  secrets: readonly string[],
  message: { readonly id: string; readonly body: string; readonly seconds: number },
): Record<string, string> {
  const { id, body, seconds } = message;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signatures.join(' ') };
}
