import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it.each([
  ['a promise that nobody waits for', "Promise.reject(new Error('a fault of ours'))"],
  ['a callback', "(() => { throw new Error('a fault of ours'); })()"],
])(
  'a fault in %s ends in one sentence and exit 5, never in a stack or in the exit code of a failed gate',
  (_, fault) => {
    const home = mkdtempSync(join(tmpdir(), 'stageflow-fault-'));
    try {
      // The fault comes once the command line is listening, and at the latest after two seconds.
      const source = `let n = 0; const t = setInterval(() => { if (process.listenerCount('SIGINT') === 0 && n++ < 200) return; clearInterval(t); ${fault}; }, 10);`;
      const { status, stderr } = spawnSync(
        process.execPath,
        [
          '--import',
          `data:text/javascript,${encodeURIComponent(source)}`,
          join(import.meta.dirname, 'index.ts'),
          'jobs',
        ],
        { encoding: 'utf8', env: { ...process.env, STAGEFLOW_HOME: home } },
      );
      expect({ status, stack: /\n\s+at /.test(stderr), code: /\[internal\]/.test(stderr) }, stderr).toEqual({
        status: 5,
        stack: false,
        code: true,
      });
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  },
);
