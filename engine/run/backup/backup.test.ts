import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drafts, specOf } from '../../../test/conformance/events.ts';
import { FileStore } from '../../artifact/index.ts';
import { nextState } from '../../fsm/index.ts';
import { newJobId, systemClock } from '../../kernel/index.ts';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { openDataFolder } from '../data-folder.ts';
import { backUp } from './back-up.ts';
import { restore } from './restore.ts';

let base: string;
let ledger: Ledger;
let store: FileStore;
const jobId = newJobId(1_700_000_000_000);
const REPORT = Buffer.from('{"report":true}');
const sha256 = createHash('sha256').update(REPORT).digest('hex');

const place = (name: string) => join(base, name);
const take = () => backUp({ ledger: place('home/ledger.db'), store, to: place('backup'), clock: systemClock });
const bring = (force = false, root = place('new')) =>
  restore({ from: place('backup'), root, force, storeAt: (path) => new FileStore(path), clock: systemClock });

beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'backup-'));
  const folder = openDataFolder(place('home'));
  folder.release();
  ledger = openLedger({ path: folder.ledger, clock: systemClock, nextState });
  store = new FileStore(folder.store);
  await store.prepare();
  ledger.setSetting('engineId', 'e1');
  ledger.createJob({ id: jobId, spec: specOf('urls'), parent: null });
  const report = await store.put('scanner-artifacts', `${jobId}/report.json`, REPORT);
  await store.put('scanner-staging', `staging/${jobId}/site.zip`, Buffer.from('PK'));
  ledger.append(jobId, 1, [
    {
      ...drafts.failed(),
      data: { failure: { code: 'cancelled', sentence: 'It was cancelled.', about: null }, report },
    } as never,
  ]);
});
afterEach(() => {
  ledger.close();
  rmSync(base, { recursive: true, force: true });
});

describe('L11 a backup', () => {
  it('of a folder whose ledger is open and written to brings back the same jobs, events and report hashes', async () => {
    const manifest = await take();
    const later = newJobId(1_700_000_000_001);
    ledger.createJob({ id: later, spec: specOf('urls'), parent: null });
    expect(manifest).toMatchObject({ jobs: 1, missing: [] });
    await bring();
    const restored = openLedger({ path: place('new/ledger.db'), clock: systemClock, nextState });
    expect(restored.jobs().map((job) => job.id)).toEqual([jobId]);
    expect(restored.events(jobId)).toEqual(ledger.events(jobId));
    expect(restored.positions()).toEqual({ oldest: 1, newest: 2 });
    restored.close();
    const bytes = readFileSync(place(`new/store/scanner-artifacts/${jobId}/report.json`));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    expect(existsSync(place(`new/store/scanner-staging/staging/${jobId}/site.zip`))).toBe(true);
  });

  it('is closed to others, and does not take over the identity of the engine that it was taken of', async () => {
    await take();
    for (const name of ['', 'ledger.db', 'manifest.json'])
      expect(statSync(place(`backup/${name}`)).mode & 0o077).toBe(0);
    await bring();
    const restored = openLedger({ path: place('new/ledger.db'), clock: systemClock, nextState });
    expect(restored.setting('engineId')).toBeNull();
    restored.close();
  });

  it('names what the ledger speaks of and the store did not have', async () => {
    await store.remove('scanner-artifacts', `${jobId}/report.json`);
    expect((await take()).missing).toEqual([`${jobId}/report.json`]);
  });

  it('never goes into a folder that holds something', async () => {
    await take();
    await expect(take()).rejects.toMatchObject({ code: 'folder_in_use' });
    expect(readdirSync(base).toSorted()).toEqual(['backup', 'home']);
  });

  it.each([
    ['an object', () => place(`backup/objects/scanner-artifacts/${jobId}/report.json`)],
    ['the ledger', () => place('backup/ledger.db')],
  ])('with a changed byte in %s is refused before anything is touched', async (_, file) => {
    await take();
    const bytes = readFileSync(file());
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(file(), bytes);
    await expect(bring()).rejects.toMatchObject({ code: 'backup_damaged' });
    expect(existsSync(place('new'))).toBe(false);
  });

  it('of a newer layout, or what is no backup, is refused', async () => {
    await take();
    const path = place('backup/manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...manifest, ledgerLayout: 999 }));
    await expect(bring()).rejects.toMatchObject({ code: 'ledger_too_new' });
    writeFileSync(path, '{}');
    await expect(bring()).rejects.toMatchObject({ code: 'not_a_backup' });
  });

  it('goes into a folder in use only when told to, and what was there is kept', async () => {
    await take();
    await bring();
    await expect(bring()).rejects.toMatchObject({ code: 'folder_in_use' });
    const { before } = await bring(true);
    expect(existsSync(join(before ?? '', 'ledger.db'))).toBe(true);
    expect(existsSync(join(before ?? '', 'store/scanner-artifacts', jobId, 'report.json'))).toBe(true);
    expect(existsSync(place('new/engine.lock'))).toBe(false);
  });

  it('is refused into a folder that an engine has', async () => {
    await take();
    const live = openDataFolder(place('new'));
    await expect(bring(true)).rejects.toMatchObject({ code: 'data_folder_busy' });
    live.release();
  });
});
