import { existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, readIdentity, stateFolders } from '../../host/index.ts';
import { broken, ok, warning } from '../check.ts';
import type { Check, CheckResult } from '../check.ts';

/** Room for the scanner image and the reports. */
export const disk: Check = {
  id: 'disk',
  title: 'Disk space',
  run() {
    const folder = existing(storageFolder());
    const { bavail, bsize } = statfsSync(folder);
    return diskResult((bavail * bsize) / 2 ** 30, folder);
  },
};

/** Judges free space in GiB. */
export function diskResult(free: number, folder: string): CheckResult {
  const sentence = `${free.toFixed(1)} GiB are free at ${folder}`;
  if (free < 1) return broken(`${sentence}; a scan needs at least 1 GiB. Free some space.`, null);
  if (free < 5) return warning(`${sentence}; building the scanner image takes up to 5 GiB.`);
  return ok(`${sentence}.`);
}

function storageFolder(): string {
  try {
    return stateFolders(readIdentity()).storage;
  } catch {
    return cacheFolder();
  }
}

function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(path.dirname(folder));
}
