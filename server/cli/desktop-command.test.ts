import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { desktopCommand } from './desktop-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'electron-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ROOT = join(import.meta.dirname, '../..');

/** A program in Electron's place that notes what it was given and ends with a code. */
function program(code: number) {
  const noted = join(folder, 'noted');
  const path = join(folder, 'electron');
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$@" > ${noted}\nexit ${code}\n`);
  chmodSync(path, 0o755);
  const env = { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: folder };
  return { env, given: () => readFileSync(noted, 'utf8').trim().split('\n') };
}

describe.skipIf(process.platform === 'win32')('./stageflow desktop', () => {
  it('starts the app of this clone with what it was given, paths from where the person stands', async () => {
    const { env, given } = program(0);
    expect(await desktopCommand(['dist.zip', 'stageflow://run/1'], () => {}, env)).toBe(0);
    expect(given()).toEqual([join(ROOT, 'main'), resolve('dist.zip'), 'stageflow://run/1']);
  });

  it('ends as an environment that did not work when the app did', async () => {
    const { env } = program(3);
    expect(await desktopCommand([], () => {}, env)).toBe(5);
  });

  it('fetches nothing where nothing may be installed, and says what to run', async () => {
    const { ELECTRON_OVERRIDE_DIST_PATH: _, ...rest } = process.env;
    const said: string[] = [];
    const run = desktopCommand([], (line) => said.push(line), { ...rest, STAGEFLOW_NO_INSTALL: '1' });
    await expect(run).rejects.toMatchObject({ code: 'setup_needed' });
    expect(said).toEqual([]);
  });
});
