import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hasTray } from './there.ts';

const bin = mkdtempSync(join(tmpdir(), 'gdbus-'));
afterAll(() => rmSync(bin, { recursive: true, force: true }));

/** A session bus that answers so. */
function bus(script: string): NodeJS.ProcessEnv {
  const path = join(bin, 'gdbus');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return { PATH: `${bin}:/usr/bin:/bin` };
}

describe.skipIf(process.platform === 'win32')('a place for tray icons', () => {
  it('is always there on Windows and macOS', async () => {
    expect(await Promise.all([hasTray('win32', {}), hasTray('darwin', {})])).toEqual([true, true]);
  });

  it('is there on Linux when somebody shows icons, which the session bus is asked', async () => {
    const asks = 'case "$*" in *NameHasOwner*StatusNotifierWatcher*) echo "(true,)";; *) exit 2;; esac';
    expect(await hasTray('linux', bus(asks))).toBe(true);
  });

  it('is not there when nobody does, without a bus, and without anything to ask it with', async () => {
    expect(await hasTray('linux', bus('echo "(false,)"'))).toBe(false);
    expect(await hasTray('linux', bus('echo "Error connecting" >&2; exit 1'))).toBe(false);
    expect(await hasTray('linux', { PATH: '/nowhere' })).toBe(false);
  });
});
