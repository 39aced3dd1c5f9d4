/** The header by which the extractor names the file behind an answer; only the proxy sees it. */
export const FILE_HEADER = 'x-stageflow-file';

/** Which file of the archive an address of the site was answered from. */
export interface SiteFiles {
  note(url: string, header: string | undefined): void;
  /** Path inside the archive, or null when the address was not answered from a file. */
  of(url: string): string | null;
}

const MOST = 50_000;

const withoutHash = (url: string) => url.split('#', 1)[0] as string;

/** An empty memory of files, bounded. */
export function createSiteFiles(): SiteFiles {
  const known = new Map<string, string>();
  return {
    note: (url, header) => {
      if (header === undefined || known.size >= MOST) return;
      try {
        known.set(withoutHash(url), decodeURIComponent(header).slice(0, 1024));
      } catch {
        // A name that does not decode is no name.
      }
    },
    of: (url) => known.get(withoutHash(url)) ?? null,
  };
}
