import { artifactKeys } from '../../artifact/index.ts';
import { asStageflowError, StageflowError } from '../../kernel/index.ts';
import type { ChannelHandlers } from '../../pod/runtime.ts';
import type { Talk } from './talk.ts';

/** Bytes one object, and all objects of one attempt, may have. */
const OBJECT_BYTES = 64 * 2 ** 20;
const ATTEMPT_BYTES = 4 * 2 ** 30;
/** What an object counts at least, so that an attempt cannot fill the disk with empty ones. */
const OBJECT_COST = 16 * 2 ** 10;

/** Takes a container's objects within the attempt's allowance and keeps their receipts; a full disk ends the attempt. */
export function createPutArtifact(talk: Talk): ChannelHandlers['putArtifact'] {
  let storedBytes = 0;
  return async (path, sha256, body) => {
    if (talk.closed) throw new StageflowError('fenced', { jobId: talk.job.id });
    if (storedBytes >= ATTEMPT_BYTES)
      throw new StageflowError('store_failed', { reason: 'the scan has stored as much as it may' });
    const key = artifactKeys.fromContainer(talk.job.id, path);
    try {
      const stored = await talk.ports.store.put('scanner-artifacts', key, body, {
        maxBytes: Math.min(OBJECT_BYTES, ATTEMPT_BYTES - storedBytes),
        ...(sha256 === null ? {} : { expectSha256: sha256 }),
      });
      storedBytes += Math.max(stored.size, OBJECT_COST);
      talk.receipts.set(key, stored);
      return stored;
    } catch (error) {
      const coded = asStageflowError(error);
      if (coded.code === 'disk_full') talk.failed(coded);
      throw error;
    }
  };
}
