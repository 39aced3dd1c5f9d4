import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveLimits } from '@stageflow/engine/sdk';
import { refuse } from './refusal.ts';

/**
 * Writes an archive to a file in `folder` that loses its name at once, so that nothing else can open it, and hashes it on the way.
 * Answers the descriptor, which is then validated and unpacked (Z21); the caller closes it. Throws `zip_size` beyond the cap and
 * `zip_mismatch` when the bytes are not those of `sha256` (null: any).
 */
export async function receiveArchive(
  folder: string,
  input: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
  sha256: string | null,
): Promise<number> {
  const path = join(folder, `archive-${process.pid}`);
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    unlinkSync(path);
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of input) {
      if (size + chunk.length > limits.archiveBytes)
        refuse('zip_size', `the archive is larger than ${limits.archiveBytes} bytes`);
      hash.update(chunk);
      for (let done = 0; done < chunk.length; ) done += writeSync(fd, chunk, done, chunk.length - done, size + done);
      size += chunk.length;
    }
    if (sha256 !== null && hash.digest('hex') !== sha256) {
      refuse('zip_mismatch', 'the archive received is not the one that was submitted');
    }
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
