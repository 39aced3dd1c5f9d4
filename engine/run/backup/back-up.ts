import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { artifactKeys, type ArtifactStore, type Bucket, FileStore, stagingKeys } from '../../artifact/index.ts';
import { nextState } from '../../fsm/index.ts';
import { type Clock, StageflowError } from '../../kernel/index.ts';
import { LEDGER_LAYOUT, openLedger, snapshotLedger } from '../../ledger/index.ts';
import { namedObjects } from '../../event/named-objects.ts';
import { makeFolder, refusalOfFolder } from '../make-folder.ts';
import { ENGINE_VERSION } from '../version.ts';
import { type BackupManifest, backupParts, hashFile } from './manifest.ts';

/**
 * Copies ledger and objects into a new folder while the engine goes on. The ledger comes first, as of one moment: an event names only
 * what was stored before it, so every object that this ledger names is there to be copied afterwards. Login details, the queue's files
 * and remote tokens are left out. The folder appears under its name when it is whole.
 */
export async function backUp(from: {
  readonly ledger: string;
  readonly store: ArtifactStore;
  readonly to: string;
  readonly clock: Clock;
}): Promise<BackupManifest> {
  const { store, to } = from;
  if (existsSync(to) && (!statSync(to).isDirectory() || readdirSync(to).length > 0))
    throw new StageflowError('folder_in_use', { path: to });
  const unfinished = `${to}.unfinished`;
  try {
    makeFolder(dirname(to));
    await rm(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { mode: 0o700 });
  } catch (error) {
    throw refusalOfFolder('--output', to, error);
  }
  try {
    const parts = backupParts(unfinished);
    snapshotLedger(from.ledger, parts.ledger);
    const { jobs, named } = readSnapshot(parts.ledger, from.clock);
    const copies = new FileStore(parts.objects);
    await copies.prepare();
    const objects: BackupManifest['objects'] = [];
    for (const jobId of jobs) {
      for (const [bucket, prefix] of [
        ['scanner-artifacts', artifactKeys.job(jobId)],
        ['scanner-staging', stagingKeys.job(jobId)],
      ] satisfies [Bucket, string][]) {
        for await (const { key } of store.list(bucket, prefix)) {
          // An object that went meanwhile was removed with its job or by retention.
          const object = await store.get(bucket, key);
          if (object) objects.push({ bucket, ...(await copies.put(bucket, key, object.body)) });
        }
      }
    }
    const hashes = new Map(objects.map((object) => [object.key, object.sha256]));
    const manifest: BackupManifest = {
      format: 'stageflow-backup',
      version: 1,
      program: ENGINE_VERSION,
      ledgerLayout: LEDGER_LAYOUT,
      createdAt: from.clock.now(),
      jobs: jobs.length,
      ledger: await hashFile(parts.ledger),
      objects,
      missing: [...named].filter(([key, sha256]) => hashes.get(key) !== sha256).map(([key]) => key),
    };
    await writeDurably(parts.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(unfinished, to);
    return manifest;
  } catch (thrown) {
    await rm(unfinished, { recursive: true, force: true });
    throw thrown;
  }
}

/** Jobs of the copied ledger, and the objects that their events name with their hashes. */
function readSnapshot(
  path: string,
  clock: Clock,
): { readonly jobs: readonly string[]; readonly named: ReadonlyMap<string, string> } {
  const ledger = openLedger({ path, clock, nextState });
  try {
    const jobs = ledger.jobs({ limit: Number.MAX_SAFE_INTEGER }).map((job) => job.id);
    return {
      jobs,
      named: new Map(
        jobs.flatMap((jobId) =>
          ledger.events(jobId).flatMap((event) => namedObjects(event).map(({ key, sha256 }) => [key, sha256] as const)),
        ),
      ),
    };
  } finally {
    ledger.close();
  }
}

/** Writes a file that is on the disk when this resolves. */
async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
