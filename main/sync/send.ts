import { createHash } from 'node:crypto';
import type { ArtifactStore } from '@stageflow/engine/artifact';
import { StageflowError } from '@stageflow/engine/kernel';
import type { UploadFile } from './choose.ts';
import type { Source } from './source.ts';

const BUCKET = 'scanner-artifacts';

/**
 * Sends files of one job to another store, each under its own key. What the history names goes only with the hash that stands there; what an earlier try
 * sent is read back and compared, and sent again when it differs. A file that is not what was recorded is `upload_damaged`, and nothing of it arrives.
 */
export async function sendFiles(options: {
  readonly source: Pick<Source, 'open'>;
  readonly target: Pick<ArtifactStore, 'put' | 'get' | 'list'>;
  readonly jobId: string;
  readonly files: readonly UploadFile[];
  readonly hashes: ReadonlyMap<string, string>;
  readonly stop: AbortSignal;
  /** Told after each file. */
  readonly further: (file: UploadFile) => void;
}): Promise<void> {
  const { source, target, jobId, files, hashes, stop, further } = options;
  const there = new Map<string, number>();
  for await (const { key, size } of target.list(BUCKET, `${jobId}/`)) there.set(key, size);
  for (const file of files) {
    const { key, size } = file;
    const recorded = hashes.get(key);
    const isThere = there.get(key) === size && (await isSame(key, recorded ?? (await hashOf(await source.open(key)))));
    if (!isThere) {
      const body = checked(await source.open(key), { key, size, sha256: recorded ?? null, stop });
      await target.put(BUCKET, key, body, { expectSize: size });
    }
    stop.throwIfAborted();
    further(file);
  }

  async function isSame(key: string, sha256: string): Promise<boolean> {
    const object = await target.get(BUCKET, key);
    return object !== null && (await hashOf(object.body)) === sha256;
  }
}

async function hashOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest('hex');
}

/** Bytes on their way, whose end is only reached when they are what was recorded. */
async function* checked(
  bytes: AsyncIterable<Uint8Array>,
  {
    key,
    size,
    sha256,
    stop,
  }: {
    readonly key: string;
    readonly size: number;
    readonly sha256: string | null;
    readonly stop: AbortSignal;
  },
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let passed = 0;
  for await (const chunk of bytes) {
    stop.throwIfAborted();
    hash.update(chunk);
    passed += chunk.length;
    yield chunk;
  }
  // A connection that broke looks like an end; trying again is then right, which a wrong hash does not deserve.
  if (passed < size) throw new StageflowError('engine_away');
  if (passed !== size || (sha256 !== null && hash.digest('hex') !== sha256))
    throw new StageflowError('upload_damaged', { key });
}
