import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { ok, warning } from '../check.ts';
import type { Check, CheckResult } from '../check.ts';

/** Memory for one browser with a heavy page. */
export const memory: Check = {
  id: 'memory',
  title: 'Memory',
  run() {
    const text = existsSync('/proc/meminfo') ? readFileSync('/proc/meminfo', 'utf8') : '';
    const available = /^MemAvailable:\s+(\d+) kB/m.exec(text)?.[1];
    return memoryResult(
      available === undefined ? os.freemem() / 2 ** 30 : Number(available) / 2 ** 20,
      os.totalmem() / 2 ** 30,
    );
  },
};

/** Judges available and installed memory in GiB. */
export function memoryResult(available: number, total: number): CheckResult {
  const sentence = `${available.toFixed(1)} of ${total.toFixed(1)} GiB are available`;
  return available < 1.5
    ? warning(`${sentence}; a scan of heavy pages may run out of memory. Close other programs.`)
    : ok(`${sentence}.`);
}
