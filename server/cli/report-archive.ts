import { ensureReportTemplate, type Report, renderArchive } from '@stageflow/engine/report';
import type { Records } from '../local/records.ts';

const MOST_PICTURE = 16 * 2 ** 20;

/** The report's page with all its pictures beside it as a ZIP, read picture by picture while it is taken. A picture over 16 MiB counts as gone. */
export async function archiveOfRecords(
  records: Pick<Records, 'object'>,
  report: Report,
): Promise<AsyncIterable<Uint8Array>> {
  return renderArchive(report, {
    template: await ensureReportTemplate(),
    readArtifact: async (key) => {
      const object = await records.object(key);
      if (object === null || object.size > MOST_PICTURE) return null;
      const chunks: Uint8Array[] = [];
      for await (const chunk of object.body) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
  });
}
