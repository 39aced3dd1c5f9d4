import { lstatSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ledger } from '../ledger/index.ts';

const SETTING = 'processFolder';

/** True when the path is a folder of this user, and no link to one. */
function ours(path: string): boolean {
  try {
    const found = lstatSync(path);
    return found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid());
  } catch {
    return false;
  }
}

/**
 * Folder for pods that are plain processes. It lies in the system's temporary folder because a data folder's path is too long for the
 * sockets that Chromium makes below it; its name is kept in the ledger, so that the next engine finds what a killed one left.
 */
export function processFolder(ledger: Pick<Ledger, 'setting' | 'setSetting'>): string {
  const known = ledger.setting(SETTING);
  if (known !== null && ours(known)) return known;
  const made = mkdtempSync(join(tmpdir(), 'stageflow-'));
  ledger.setSetting(SETTING, made);
  return made;
}

/** Removes the folder when nothing is left in it. */
export function releaseProcessFolder(ledger: Pick<Ledger, 'setting' | 'setSetting'>): void {
  const known = ledger.setting(SETTING);
  if (known === null || !ours(known)) return;
  try {
    rmdirSync(known);
    ledger.setSetting(SETTING, null);
  } catch {
    // A pod that would not go is in it; the next start reaps it.
  }
}
