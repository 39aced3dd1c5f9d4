import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs';
import { StageflowError } from '../../kernel/index.ts';
import type { StateFolders } from './folders.ts';
import type { Identity } from './identity.ts';

/** Makes the folders that are missing and refuses one that belongs to somebody else (anyone may create names under /tmp). */
export function prepareFolders(identity: Identity, folders: StateFolders): void {
  mkdirSync(folders.config, { recursive: true, mode: 0o755 });
  if (identity.kind === 'machine') {
    mkdirSync(folders.work, { recursive: true });
    return;
  }
  if (identity.kind === 'engine-user') ownFolder(folders.home, identity);
  ownFolder(folders.runtime, identity);
  ownFolder(folders.work, identity);
  if (identity.kind === 'self') ownFolder(folders.storage, identity);
}

function ownFolder(folder: string, identity: Identity): void {
  const created = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (created !== undefined && identity.kind === 'engine-user') {
    chownSync(folder, identity.uid, identity.gid);
    chmodSync(folder, 0o700);
  }
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== identity.uid) {
    throw new StageflowError('podman_failed', {
      reason: `${folder} belongs to another user; remove it`,
    });
  }
}
