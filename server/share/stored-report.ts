import { type ArtifactStore, artifactKeys } from '@stageflow/engine/artifact';
import { Report } from '@stageflow/engine/report';

/** Largest report that is shared; beyond it a share would hold the server up. */
const MOST_BYTES = 256 * 2 ** 20;

/** An object of a job read whole, or null when it is gone or longer than `most` bytes. */
export async function readWhole(store: ArtifactStore, key: string, most: number): Promise<Buffer | null> {
  const head = await store.head('scanner-artifacts', key);
  if (head === null || head.size > most) return null;
  const object = await store.get('scanner-artifacts', key);
  if (object === null) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The bytes of a job's `report.json`, or null when there is none. */
export function readReport(store: ArtifactStore, jobId: string): Promise<Buffer | null> {
  return readWhole(store, artifactKeys.reportJson(jobId), MOST_BYTES);
}

/** The report in those bytes, or null when it is of another contract or of another job. */
export function parseReport(bytes: Buffer, jobId: string): Report | null {
  try {
    const parsed = Report.safeParse(JSON.parse(bytes.toString('utf8')));
    return parsed.success && parsed.data.job.id === jobId ? parsed.data : null;
  } catch {
    return null;
  }
}
