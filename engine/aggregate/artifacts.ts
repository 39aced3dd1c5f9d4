import type { ReportArtifact } from '../report/schema.ts';
import type { History } from './history.ts';
import type { ArtifactRecord } from './input.ts';
import { compareText } from './merge.ts';

/** What an object is, told from its key alone. */
export function artifactKind(key: string): ReportArtifact['kind'] {
  const name = key.split('/').at(-1) ?? '';
  if (name.endsWith('.findings.json.zst')) return 'findings';
  if (key.includes('/cells/')) return 'raw';
  if (/\.har(?:\.\w+)?$/.test(name)) return 'har';
  if (/\.(?:png|jpe?g|webp|avif)$/.test(name)) return /^(?:page|full|screenshot)/.test(name) ? 'screenshot' : 'crop';
  if (/trace|devtoolslog/.test(name)) return 'trace';
  if (/\.html(?:\.\w+)?$/.test(name)) return 'html';
  if (/\.json(?:\.\w+)?$/.test(name)) return 'json';
  if (/\.(?:log|txt|ndjson)(?:\.\w+)?$/.test(name)) return 'log';
  return 'other';
}

/** Every object of the job but the reports themselves, by key; hashes from events where the store does not say. */
export async function artifactsOf(
  jobId: string,
  history: History,
  modules: readonly string[],
  stored: AsyncIterable<ArtifactRecord> | Iterable<ArtifactRecord>,
): Promise<ReportArtifact[]> {
  const records = new Map<string, ArtifactRecord>();
  const add = (record: ArtifactRecord) => {
    const known = records.get(record.key);
    records.set(record.key, { ...record, sha256: record.sha256 ?? known?.sha256 ?? null });
  };
  for (const page of history.pages) for (const one of page.completed?.evidence ?? []) add(one);
  for (const cell of history.cells.values()) {
    for (const one of [cell.raw, cell.findings, ...cell.evidence]) if (one) add(one);
  }
  for await (const record of stored) add(record);
  const known = new Set(modules);
  return [...records.values()]
    .filter(({ key }) => !isReport(jobId, key))
    .sort((a, b) => compareText(a.key, b.key))
    .map(({ key, size, sha256 }) => {
      const owner = key.split('/')[1] ?? '';
      return {
        key,
        size,
        sha256,
        kind: artifactKind(key),
        scanner: known.has(owner) ? owner : null,
        pageId: /(?:^|\/)(p[0-9a-f]{16}|_site)(?=[./]|$)/.exec(key)?.[1] ?? null,
      };
    });
}

/** The documents made from this list cannot name their own hash. */
function isReport(jobId: string, key: string): boolean {
  return (
    key === `${jobId}/report.json` ||
    key === `${jobId}/report.html` ||
    /^[^/]+\/[^/]+\/(?:report\.html|results\.json)$/.test(key)
  );
}
