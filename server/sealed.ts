import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** A box that only whoever knows the secrets it was made with can open. */
export interface Seal {
  close(text: string): string;
  /** What was closed, or null when other secrets closed it or it was changed. */
  open(sealed: string): string | null;
}

const NONCE = 12;
const TAG = 16;

/** Makes one from secrets of high entropy: AES-256-GCM under a key that is derived from all of them and kept nowhere. */
export function sealOf(...secrets: readonly string[]): Seal {
  const key = Buffer.from(hkdfSync('sha256', JSON.stringify(secrets), '', 'stageflow answer', 32));
  return {
    close: (text) => {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64');
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64');
      if (bytes.length < NONCE + TAG) return null;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE), { authTagLength: TAG });
      decipher.setAuthTag(bytes.subarray(-TAG));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]).toString('utf8');
      } catch {
        return null;
      }
    },
  };
}
