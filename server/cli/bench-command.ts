import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { EXIT } from '@stageflow/engine/kernel';

const BENCHES = join(import.meta.dirname, '../../test/bench');

/** What can be measured, and the program that does it. */
export const BENCH_PARTS = {
  scans: 'index.ts',
  server: 'server/index.ts',
  report: 'report/index.ts',
  app: 'app/index.ts',
} as const;

/** `./stageflow bench [part]`: measures this machine, and ends as the measuring program does. */
export async function benchCommand(part: keyof typeof BENCH_PARTS, more: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [join(BENCHES, BENCH_PARTS[part]), ...more], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? EXIT.interrupted;
}
