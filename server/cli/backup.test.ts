import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { backupCommand } from './backup.ts';
import { buildProgram } from './program.ts';

test.each([
  ['backup', '-o', 'x'],
  ['restore', 'x'],
])('%s on a server from afar is refused with what does the same', async (...command) => {
  const refused = buildProgram(new AbortController().signal).run([...command, '--remote', 'team']);
  await expect(refused).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/own machine: run it there over ssh .* `export --remote`/),
  });
});

test('a backup of a folder without jobs says that there is nothing yet, and leaves nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stageflow-backup-'));
  vi.stubEnv('STAGEFLOW_HOME', folder);
  try {
    await expect(backupCommand({ output: join(folder, 'copy') })).rejects.toMatchObject({
      code: 'nothing_to_back_up',
      message: expect.stringMatching(/^There is nothing to back up yet: .* Run a scan first/),
    });
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  }
});
