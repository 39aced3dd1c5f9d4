import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startNatsServer } from '../../../engine/bus/index.ts';
import { silentLog, systemClock } from '../../../engine/kernel/index.ts';
import { processRow } from '../../../engine/pod/process-table.ts';
import { bringNatsServer } from '../../../engine/pod/preflight/index.ts';

test('N1 a pinned nats-server is obtained, runs on loopback with every write synced, and leaves nothing when it is stopped', async () => {
  const found = await bringNatsServer(() => undefined);
  expect(found).toMatchObject({ source: 'pinned', fitness: 'wanted' });
  const directory = mkdtempSync(path.join(os.tmpdir(), 'nats-proof-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const server = await startNatsServer({ binary: found.path, directory, clock: systemClock, log: silentLog });
  const pid = server.pid() ?? 0;
  try {
    expect(server).toMatchObject({ version: found.version, reducedDurability: false, adopted: false });
    expect(server.url).toMatch(/^nats:\/\/127\.0\.0\.1:\d+$/);
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    expect(readFileSync(command.at(command.indexOf('-c') + 1) ?? '', 'utf8')).toMatch(/sync_interval:?\s*"?always/);
  } finally {
    await server.stop();
  }
  expect(processRow(pid)).toBeNull();
});
