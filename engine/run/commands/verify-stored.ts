import { createHash } from 'node:crypto';
import { StageflowError } from '../../kernel/index.ts';
import type { StoredArtifact } from '../../scanner/index.ts';
import { namedObjects } from '../../event/named-objects.ts';
import type { EnginePorts } from '../ports.ts';

/**
 * Looks once more at all that a job's last word will name (SAFETY L9): everything is there with its size, and the report itself with its
 * hash. Findings were read and hashed when the report was made. One listing tells of all evidence, so this costs no request per object.
 * Throws `store_failed` for what is gone or different.
 */
export async function verifyStored(
  jobId: string,
  written: { readonly report: StoredArtifact; readonly html: StoredArtifact },
  { ledger, store }: Pick<EnginePorts, 'ledger' | 'store'>,
): Promise<void> {
  const sizes = new Map<string, number>();
  for await (const { key, size } of store.list('scanner-artifacts', `${jobId}/`)) sizes.set(key, size);
  const named = [written.report, written.html, ...ledger.events(jobId).flatMap(namedObjects)];
  for (const { key, size } of named) {
    const found = sizes.get(key);
    if (found === undefined) throw new StageflowError('store_failed', { reason: `${key} is gone` });
    if (found !== size)
      throw new StageflowError('store_failed', { reason: `${key} has ${found} bytes instead of ${size}` });
  }
  for (const { key, sha256 } of [written.report, written.html]) {
    const hash = createHash('sha256');
    for await (const chunk of (await store.get('scanner-artifacts', key))?.body ?? []) hash.update(chunk);
    if (hash.digest('hex') !== sha256)
      throw new StageflowError('store_failed', { reason: `${key} is not what was stored` });
  }
}
