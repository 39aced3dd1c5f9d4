import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { backupCommand } from './backup.ts';

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
