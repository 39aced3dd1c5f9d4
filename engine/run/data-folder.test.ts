import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFolder } from './data-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stageflow-folder-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const lock = () => join(root, 'engine.lock');
const locks = () => readdirSync(root).filter((name) => name.startsWith('engine.lock'));

describe('the lock of a data folder', () => {
  it('refuses a second engine while the first one lives, and is given back', () => {
    const first = openDataFolder(root);
    expect(() => openDataFolder(root)).toThrow(expect.objectContaining({ code: 'data_folder_busy' }));
    first.release();
    openDataFolder(root).release();
    expect(locks()).toEqual([]);
  });

  it('is taken over from a process that is gone, or of another life of the machine', () => {
    const dead = { pid: 2 ** 22 + 1, started: '1', boot: 'unknown' };
    writeFileSync(lock(), JSON.stringify(dead));
    const folder = openDataFolder(root);
    expect(JSON.parse(readFileSync(lock(), 'utf8'))).toMatchObject({ pid: process.pid });
    folder.release();
    expect(locks()).toEqual([]);
  });
});
