import { ARCHIVE_LIMITS, type ArchiveLimits } from '@stageflow/engine/sdk';
import { bufferSource } from '../../../scanners/runtime/extractor/validate/index.ts';
import { judgeArchive, type ArchiveVerdict } from '../../../scanners/runtime/extractor/verdict.ts';

/** Limits small enough to reach in a test. */
export const SMALL: ArchiveLimits = {
  ...ARCHIVE_LIMITS,
  totalBytes: 40_000,
  fileBytes: 30_000,
  ratioFromBytes: 10_000,
  entries: 20,
};

/** The verdict on an archive in memory. */
export function judge(bytes: Buffer, limits: ArchiveLimits = ARCHIVE_LIMITS): Promise<ArchiveVerdict> {
  return judgeArchive(bufferSource(bytes), limits);
}

/** What `body` answers, and the milliseconds of this thread's own work: other processes of a busy machine do not count. */
export async function measured<T>(body: () => Promise<T>): Promise<{ result: T; work: number }> {
  const before = process.threadCpuUsage();
  const result = await body();
  const { user, system } = process.threadCpuUsage(before);
  return { result, work: (user + system) / 1000 };
}
