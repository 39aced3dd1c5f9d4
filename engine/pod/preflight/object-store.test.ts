import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { objectStoreResult } from './checks/object-store.ts';
import { bringObjectStore, findObjectStore, isNewEnough, objectStorePath } from './object-store.ts';

describe('a server for the store tests', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'object-store-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const program = (file: string, says: string) => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\necho '${says}'\n`);
    chmodSync(file, 0o755);
    return file;
  };
  const env = (more: NodeJS.ProcessEnv = {}) => ({
    PATH: `${folder}/bin`,
    STAGEFLOW_CACHE: `${folder}/cache`,
    ...more,
  });

  it.each([
    ['minio', 'minio version RELEASE.2025-09-07T16-13-09Z (commit-id=x)', true],
    ['minio', 'minio version RELEASE.2024-12-31T00-00-00Z', false],
    ['minio', 'minio version DEVELOPMENT.GOGET', false],
    ['versitygw', 'Version  : v1.8.0', true],
    ['versitygw', 'Version  : v1.10.2', true],
    ['versitygw', 'Version  : v1.0.14', false],
    ['versitygw', 'Version  : git', false],
  ] as const)('%s that says "%s" is new enough: %s', (kind, text, expected) => {
    expect(isNewEnough(kind, text)).toBe(expected);
  });

  it('is the named one, else one on PATH of a known version, else our own build', async () => {
    expect(await findObjectStore('versitygw', env())).toBeNull();
    const own = program(objectStorePath('versitygw', `${folder}/cache`), 'Version  : git');
    expect(await findObjectStore('versitygw', env())).toBe(own);
    const onPath = program(`${folder}/bin/versitygw`, 'Version  : v1.9.0');
    expect(await findObjectStore('versitygw', env())).toBe(onPath);
    const named = program(`${folder}/mine`, '');
    expect(await findObjectStore('versitygw', env({ STAGEFLOW_VERSITYGW: named }))).toBe(named);
  });

  it('is not built when nothing may be installed; then it is said how to get it, as doctor says it', async () => {
    const said: string[] = [];
    const found = await bringObjectStore('minio', (line) => said.push(line), env({ STAGEFLOW_NO_INSTALL: '1' }));
    expect(found).toBeNull();
    expect(said).toEqual([objectStoreResult('minio', null).detail]);
    expect(said[0]).toMatch(/tests on it are skipped.*go install github\.com\/minio\/minio@v/);
    expect(objectStoreResult('minio', '/x/minio').status).toBe('ok');
  });
});
