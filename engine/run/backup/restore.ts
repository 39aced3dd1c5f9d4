import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { copyFile, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArtifactStore, FileStore } from '../../artifact/index.ts';
import { nextState } from '../../fsm/index.ts';
import { type Clock, StageflowError } from '../../kernel/index.ts';
import { LEDGER_LAYOUT, openLedger } from '../../ledger/index.ts';
import { openDataFolder } from '../data-folder.ts';
import { rebuildViews } from '../project.ts';
import { type BackupManifest, backupParts, hashBytes, hashFile, readManifest } from './manifest.ts';

/** What a restore did. */
export interface Restored {
  readonly manifest: BackupManifest;
  /** Where what was in the data folder lies now; null when it was empty. */
  readonly before: string | null;
}

/**
 * Brings a backup into a data folder that no engine has. Every hash is checked before anything is touched. Refused: what is no backup or
 * is damaged, a ledger of a newer layout, a folder in use by an engine, and one that holds something unless `force`, which moves that aside.
 * The ledger is put in place last: a restore that broke off leaves no half of one. `storeAt` gives the store of the data folder.
 */
export async function restore(options: {
  readonly from: string;
  readonly root: string;
  readonly force: boolean;
  readonly storeAt: (folder: string) => ArtifactStore;
  readonly clock: Clock;
}): Promise<Restored> {
  const { from, root, clock } = options;
  const manifest = await readManifest(from);
  const parts = backupParts(from);
  if (manifest.ledgerLayout > LEDGER_LAYOUT) {
    throw new StageflowError('ledger_too_new', {
      path: parts.ledger,
      found: manifest.ledgerLayout,
      known: LEDGER_LAYOUT,
    });
  }
  const objects = new FileStore(parts.objects);
  await verify(manifest, parts.ledger, objects);
  const folder = openDataFolder(root);
  try {
    const before = (await isEmpty(root)) ? null : setAside(root, options.force, clock.now());
    const store = options.storeAt(folder.store);
    await store.prepare();
    for (const { bucket, key, sha256 } of manifest.objects) {
      const object = await objects.get(bucket, key);
      if (!object) throw new StageflowError('backup_damaged', { what: key });
      await store.put(bucket, key, object.body, { expectSha256: sha256 });
    }
    const arriving = `${folder.ledger}.arriving`;
    await copyFile(parts.ledger, arriving);
    forgetMachine(arriving, clock);
    const file = await open(arriving, 'r+');
    await file.sync().finally(() => file.close());
    await rename(arriving, folder.ledger);
    return { manifest, before };
  } finally {
    folder.release();
  }
}

async function verify(manifest: BackupManifest, ledger: string, objects: ArtifactStore): Promise<void> {
  const found = existsSync(ledger) ? await hashFile(ledger) : null;
  if (found?.sha256 !== manifest.ledger.sha256) throw new StageflowError('backup_damaged', { what: 'ledger.db' });
  for (const { bucket, key, sha256 } of manifest.objects) {
    const object = await objects.get(bucket, key);
    if (!object || (await hashBytes(object.body)).sha256 !== sha256)
      throw new StageflowError('backup_damaged', { what: key });
  }
}

/** What an engine keeps in its folder and a backup replaces. */
const REPLACED = ['ledger.db', 'ledger.db-wal', 'ledger.db-shm', 'store', 'nats', 'secrets'];

async function isEmpty(root: string): Promise<boolean> {
  if (existsSync(join(root, 'ledger.db'))) return false;
  const files = (await readdir(join(root, 'store'), { recursive: true, withFileTypes: true })).filter((e) =>
    e.isFile(),
  );
  return files.length === 0;
}

function setAside(root: string, force: boolean, now: number): string {
  if (!force) throw new StageflowError('folder_in_use', { path: root });
  const before = join(root, `before-restore-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`);
  mkdirSync(before, { mode: 0o700 });
  for (const name of REPLACED) if (existsSync(join(root, name))) renameSync(join(root, name), join(before, name));
  return before;
}

/** A restored ledger is another engine's than the one that was copied: it must not reap that one's pods, nor wait for its processes. Its views are folded anew from its events. */
function forgetMachine(path: string, clock: Clock): void {
  const ledger = openLedger({ path, clock, nextState });
  try {
    for (const name of ['engineId', 'processFolder']) ledger.setSetting(name, null);
    ledger.service.idempotency.releaseAll();
    rebuildViews(ledger);
  } finally {
    ledger.close();
  }
}
