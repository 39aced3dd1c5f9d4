import { randomBytes } from 'node:crypto';
import type { Ledger } from '@stageflow/engine/ledger';
import { hashSecret, newTokenText } from '../auth/principal.ts';

const MADE = 'firstTokenMade';

/**
 * An administrator's token for a server that has none yet, or whose owner asks for another one (`again`). The text is given back once and
 * kept nowhere; null when there was one before.
 */
export function firstToken(ledger: Ledger, again: boolean): string | null {
  if (ledger.setting(MADE) !== null && !again) return null;
  const text = newTokenText();
  const id = `tok_${randomBytes(8).toString('hex')}`;
  ledger.service.tokens.add(
    { id, name: 'administrator', tenant: 'default', scopes: ['admin'], expiresAt: null },
    hashSecret(text),
  );
  ledger.setSetting(MADE, id);
  return text;
}
