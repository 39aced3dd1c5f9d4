import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { defaultDataFolder } from '@stageflow/engine';
import type { Check, CheckResult } from '@stageflow/engine/preflight';

const existing = (folder: string): string => (existsSync(folder) ? folder : existing(dirname(folder)));

/** Ledger, queue and evidence of a month's jobs lie in the data folder. */
export const dataDisk: Check = {
  id: 'data-disk',
  title: 'Room for jobs',
  run() {
    const folder = existing(defaultDataFolder());
    const { bavail, bsize } = statfsSync(folder);
    return dataDiskResult((bavail * bsize) / 2 ** 30, folder);
  },
};

/** Judges free space of the data folder in GiB. */
export function dataDiskResult(free: number, folder: string): CheckResult {
  const sentence = `${free.toFixed(1)} GiB are free for the data folder at ${folder}`;
  if (free < 2) return { status: 'broken', detail: `${sentence}; a server needs 2 GiB to take work.`, fix: null };
  if (free < 10) return { status: 'warning', detail: `${sentence}; a month of jobs may need more than 10.`, fix: null };
  return { status: 'ok', detail: `${sentence}.`, fix: null };
}
