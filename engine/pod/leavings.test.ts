import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clearMonitorFiles, clearRuntimeRecords, monitorFileOf } from './leavings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leavings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An id that no process of this machine has. */
const NOBODY = 2 ** 22 + 1;
const id = (n: number) => n.toString(16).padStart(64, '0');
function record(n: number, file: 'state.json' | 'status', text: string): string {
  const path = join(folder, id(n));
  mkdirSync(path);
  writeFileSync(join(path, file), text);
  return path;
}

describe('what killed monitors leave of containers', () => {
  it('is removed when its process is dead and Podman knows it no more', async () => {
    const runc = record(1, 'state.json', JSON.stringify({ init_process_pid: NOBODY }));
    const crun = record(2, 'status', JSON.stringify({ pid: NOBODY }));
    const known = record(3, 'state.json', JSON.stringify({ init_process_pid: NOBODY }));
    const alive = record(4, 'state.json', JSON.stringify({ init_process_pid: process.pid }));
    const unwritten = record(5, 'state.json', '');
    await clearRuntimeRecords(folder, async () => new Set([id(3)]));
    expect([runc, crun, known, alive, unwritten].map((path) => existsSync(path))).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });

  it('is left when Podman does not answer, and Podman is not asked when there is nothing', async () => {
    let asked = 0;
    const nobody = async () => {
      asked += 1;
      return null;
    };
    await clearRuntimeRecords(folder, nobody);
    await clearRuntimeRecords(join(folder, 'none'), nobody);
    expect(asked).toBe(0);
    const kept = record(1, 'status', JSON.stringify({ pid: NOBODY }));
    await clearRuntimeRecords(folder, nobody);
    expect([asked, existsSync(kept)]).toEqual([1, true]);
  });

  it('includes the files that name the monitors of one pod, and of no other', () => {
    const files = ['stageflow-j-1', 'stageflow-j-11'].map((pod) => monitorFileOf(folder, pod, 'runner'));
    for (const file of files) writeFileSync(file, '1');
    clearMonitorFiles(folder, 'stageflow-j-1');
    expect(files.map((file) => existsSync(file))).toEqual([false, true]);
  });
});
