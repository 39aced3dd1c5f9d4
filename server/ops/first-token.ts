import { randomBytes } from 'node:crypto';
import { fstatSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Whether what is written there outlives the moment: in the journal, in a file, or with whatever runs this container. */
export function isKept(env: NodeJS.ProcessEnv, out: { readonly isTTY?: boolean; readonly fd: number }): boolean {
  if (out.isTTY) return false;
  const stats = fstatSync(out.fd);
  const place = `${stats.dev}:${stats.ino}`;
  // Both variables are inherited by processes whose output goes elsewhere, so the place itself is compared.
  return (
    stats.isFile() ||
    env['JOURNAL_STREAM'] === place ||
    (env['container'] !== undefined && placeOfContainer() === place)
  );
}

/** Where the first process of a container writes its errors, which is what its runtime keeps. */
function placeOfContainer(): string | null {
  try {
    const { dev, ino } = statSync('/proc/1/fd/2');
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

const fileIn = (folder: string) => join(folder, 'first-sign-in');

/** The line that tells of the administrator's address. Where lines are kept it names a file of the owner alone, and the token is in no log. */
export function firstSignIn(address: string, kept: { readonly folder: string } | null): string {
  if (kept === null) return `Sign in as administrator (shown this once; scripts use the part from sf_ on): ${address}`;
  const file = fileIn(kept.folder);
  // The mode is given to new files only.
  rmSync(file, { force: true });
  writeFileSync(file, `${address}\n`, { mode: 0o600, flag: 'wx' });
  return `The administrator's sign-in address is in ${file}, which you alone can read. It goes with the first sign-in.`;
}

/** Removes that file once the token of it has opened a session. */
export function forgetFirstSignIn(ledger: Pick<Ledger, 'setting'>, tokenId: string, folder: string): void {
  if (ledger.setting(MADE) === tokenId) rmSync(fileIn(folder), { force: true });
}
