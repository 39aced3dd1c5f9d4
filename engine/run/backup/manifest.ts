import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StageflowError } from '../../kernel/index.ts';

/** What a backup holds, with the hash of every part. Written last, so that a backup that broke off has none. */
const BackupManifest = z.object({
  format: z.literal('stageflow-backup'),
  /** Raised when the folder's form changes. */
  version: z.literal(1),
  /** Version of the program that made it. */
  program: z.string().max(100),
  /** Layout of the ledger in it. */
  ledgerLayout: z.number().int().positive(),
  /** Milliseconds since the epoch. */
  createdAt: z.number().int(),
  jobs: z.number().int().nonnegative(),
  ledger: z.object({ sha256: z.string(), size: z.number().int().nonnegative() }),
  objects: z.array(
    z.object({
      bucket: z.enum(['scanner-staging', 'scanner-artifacts']),
      key: z.string().max(600),
      sha256: z.string(),
      size: z.number().int().nonnegative(),
    }),
  ),
  /** Keys that the ledger names and the store did not have. */
  missing: z.array(z.string().max(600)),
});
export type BackupManifest = z.infer<typeof BackupManifest>;

/** Parts of a backup's folder. */
export const backupParts = (folder: string) => ({
  manifest: join(folder, 'manifest.json'),
  ledger: join(folder, 'ledger.db'),
  objects: join(folder, 'objects'),
});

/** The manifest of a backup; `not_a_backup` when there is none or it has another form. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const refused = (reason: string, cause: unknown) =>
    new StageflowError('not_a_backup', { path: folder, reason }, { cause });
  const text = await readFile(backupParts(folder).manifest, 'utf8').catch((cause: unknown) => {
    throw refused('it has no manifest.json', cause);
  });
  try {
    return BackupManifest.parse(JSON.parse(text));
  } catch (cause) {
    throw refused('its manifest has an unknown form', cause);
  }
}

/** SHA-256 of a file in lower-case hexadecimal, and its size in bytes. */
export async function hashFile(path: string): Promise<{ readonly sha256: string; readonly size: number }> {
  return hashBytes(createReadStream(path));
}

/** SHA-256 and size of a stream. */
export async function hashBytes(
  body: AsyncIterable<Uint8Array>,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of body) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { sha256: hash.digest('hex'), size };
}
