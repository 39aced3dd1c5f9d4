import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';

/** A new signing secret in the form of Standard Webhooks: 256 random bits. */
export function newSigningSecret(): string {
  return `${PREFIX}${randomBytes(32).toString('base64')}`;
}

/** The headers that prove a message: its id, when this try was made, and the HMAC over both and the body. */
export function signedHeaders(
  secret: string,
  message: { readonly id: string; readonly body: string; readonly seconds: number },
): Record<string, string> {
  const { id, body, seconds } = message;
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` };
}
