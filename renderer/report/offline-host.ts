import { below, type ReportHost } from './host.ts';
import type { ReportFile } from './data.ts';

/** The host inside `report.html`: pictures and documents that the file carries, and whatever lies beside it. */
export function offlineHost({ images, documents, assetBase, beside }: ReportFile): ReportHost {
  return {
    evidence: (path) => {
      const inside = images[path];
      if (inside !== undefined) return { url: inside, reach: 'inside' };
      const url = assetBase === null ? null : below(assetBase, path);
      if (url === null) return { url, reason: `It is not in this file. It is kept with the job as ${path}.` };
      return { url, reach: beside ? 'there' : 'perhaps' };
    },
    document: (path) => Promise.resolve(documents[path] ?? null),
    artifactsLie:
      assetBase === null
        ? 'They are kept with the job.'
        : beside
          ? 'They lie beside this file.'
          : 'They were written beside this file.',
  };
}
