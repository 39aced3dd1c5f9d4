import { z } from 'zod';
import { StageflowError } from '../kernel/index.ts';
import { JobState } from '../event/index.ts';
import { type Bucket, BucketConflict, type Entry } from './bucket.ts';
import { type JobRecord, type JobRecords, RecordConflict } from './port.ts';

const Stored = z.object({
  jobId: z.string().min(1).max(64),
  state: JobState,
  owner: z.string().max(200).nullable(),
  attempt: z.number().int().positive(),
  leaseUntil: z.number(),
  seq: z.number().int().nonnegative(),
});

function read(key: string, entry: Entry): { record: JobRecord; revision: number } {
  try {
    return { record: Stored.parse(JSON.parse(entry.value)), revision: entry.revision };
  } catch (cause) {
    throw new StageflowError('bad_event', { reason: `the record of job ${key} is damaged` }, { cause });
  }
}

async function moved(jobId: string, write: Promise<number>): Promise<number> {
  try {
    return await write;
  } catch (thrown) {
    throw thrown instanceof BucketConflict ? new RecordConflict(jobId) : thrown;
  }
}

/** Job records in a bucket: one key a job, moved by compare-and-set. */
export function createJobRecords(bucket: Bucket): JobRecords {
  const get = async (jobId: string) => {
    const entry = await bucket.get(jobId);
    return entry === null ? null : read(jobId, entry);
  };
  return {
    get,
    create: (record) => moved(record.jobId, bucket.create(record.jobId, JSON.stringify(record))),
    update: (record, revision) => moved(record.jobId, bucket.update(record.jobId, JSON.stringify(record), revision)),
    async list() {
      const records = await Promise.all((await bucket.keys()).map(get));
      return records.filter((found) => found !== null);
    },
  };
}
