import { type ArtifactStore, artifactKeys } from '@stageflow/engine/artifact';
import { Report } from '@stageflow/engine/report';

/** Bytes that work is made from, known by their size before they are read. */
export interface Sources {
  readonly size: number;
  /** Null when one is gone. */
  read(): Promise<readonly Uint8Array[] | null>;
}

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

/** The `report.json` of jobs, read when their turn comes; null when one has none. */
export async function reportSources(store: ArtifactStore, jobIds: readonly string[]): Promise<Sources | null> {
  let size = 0;
  for (const id of jobIds) {
    const head = await store.head('scanner-artifacts', artifactKeys.reportJson(id));
    if (head === null) return null;
    size += head.size;
  }
  return {
    size,
    read: async () => {
      const reports: Buffer[] = [];
      for (const id of jobIds) {
        const bytes = await readWhole(store, artifactKeys.reportJson(id), Number.POSITIVE_INFINITY);
        if (bytes === null) return null;
        reports.push(bytes);
      }
      return reports;
    },
  };
}

/** The report in those bytes, or null when it is of another contract or of another job. */
export function parseReport(bytes: Uint8Array | undefined, jobId: string): Report | null {
  if (bytes === undefined) return null;
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
    const parsed = Report.safeParse(JSON.parse(text));
    return parsed.success && parsed.data.job.id === jobId ? parsed.data : null;
  } catch {
    return null;
  }
}
