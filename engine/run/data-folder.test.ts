import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { liveEngine, openDataFolder } from './data-folder.ts';

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

describe('the socket of a data folder', () => {
  const dead = (socket: string) =>
    writeFileSync(lock(), JSON.stringify({ pid: 2 ** 22 + 1, started: '1', boot: 'unknown', socket }));

  it('is named in the lock while its engine lives, in a folder that is closed to others', () => {
    expect(liveEngine(root)).toBeNull();
    const folder = openDataFolder(root);
    expect(liveEngine(root)).toEqual({ pid: process.pid, socket: folder.socket });
    expect(statSync(dirname(folder.socket ?? '')).mode & 0o077).toBe(0);
    folder.release();
    expect(liveEngine(root)).toBeNull();
  });

  it('goes to a short folder when the path of the data folder is too long for one, and that folder goes with it', () => {
    const deep = join(root, 'a'.repeat(120));
    const folder = openDataFolder(deep);
    const socket = folder.socket ?? '';
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(103);
    expect(socket.startsWith(deep)).toBe(false);
    writeFileSync(socket, '');
    folder.release();
    expect(existsSync(dirname(socket))).toBe(false);
  });

  it("of a dead engine is removed by the next one, and nothing that a lock's text merely points at", () => {
    const short = mkdtempSync(join(tmpdir(), 'stageflow-'));
    writeFileSync(join(short, 'engine.sock'), '');
    dead(join(short, 'engine.sock'));
    openDataFolder(root).release();
    expect(existsSync(short)).toBe(false);

    const precious = join(root, 'precious.txt');
    writeFileSync(precious, '');
    dead(precious);
    openDataFolder(root).release();
    expect(existsSync(precious)).toBe(true);
  });

  it('that a killed engine left at our own place is out of the way', () => {
    const socket = join(root, 'run', 'engine.sock');
    mkdirSync(dirname(socket), { recursive: true });
    writeFileSync(socket, '');
    dead(socket);
    const folder = openDataFolder(root);
    expect(existsSync(socket)).toBe(false);
    folder.release();
  });
});
