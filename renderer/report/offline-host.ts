import { below, pathOf, type ReportHost } from './host.ts';
import type { ReportFile } from './data.ts';

const PICTURE = /\.(?:png|jpe?g|webp|avif)$/;

/** The host inside `report.html`: pictures and documents that the file carries, and whatever lies beside it. */
export function offlineHost({ report, images, documents, assetBase, beside }: ReportFile): ReportHost {
  const listed = new Set(report.artifacts.map(({ key }) => pathOf(key)));
  // An archive holds the pictures alone; behind a link there is what its report lists.
  const isBeside = (path: string) => listed.has(path) && (assetBase !== '' || PICTURE.test(path));
  return {
    evidence: (path) => {
      const inside = images[path];
      if (inside !== undefined) return { url: inside, reach: 'inside' };
      const url = assetBase === null || (beside && !isBeside(path)) ? null : below(assetBase, path);
      if (url === null) return { url, reason: `It is not in this file. It is kept with the job as ${path}.` };
      return { url, reach: beside ? 'there' : 'perhaps' };
    },
    document: (path) => Promise.resolve(documents[path] ?? null),
    artifactsLie:
      assetBase === null
        ? 'They are kept with the job.'
        : beside
          ? assetBase === ''
            ? 'The pictures lie beside this file; the rest is kept with the job.'
            : 'Those that this link gives can be had here.'
          : 'They were written beside this file and are not in it: where it was sent on alone, they stayed behind.',
    ...(assetBase === null || beside ? {} : { areThere: (picture) => canBeShown(below(assetBase, picture)) }),
  };
}

/** Whether a picture loads: all that a page from a disk may find out about the files beside it. */
function canBeShown(address: string | null): Promise<boolean> {
  if (address === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    const image = new Image();
    image.addEventListener('load', () => resolve(true));
    image.addEventListener('error', () => resolve(false));
    image.src = address;
  });
}
