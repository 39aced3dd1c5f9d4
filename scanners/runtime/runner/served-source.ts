import type { SiteFiles } from '../proxy/index.ts';
import type { CappedFetch } from './guarded-fetch.ts';
import { readSource, type SourceTree } from './source-tree.ts';

/** The file of a build that a page was served from. */
export interface ServedSource {
  /** Path inside the archive. */
  readonly file: string;
  /** Address of the document, redirects followed. */
  readonly url: string;
  readonly tree: SourceTree;
}

const MOST = 5 * 2 ** 20;
const HOPS = 5;

/** Text of an HTML answer, in the encoding that it says it has. */
export function decodeHtml(body: Uint8Array, contentType: string): string {
  const head = Buffer.from(body.subarray(0, 1024)).toString('latin1');
  const said =
    /charset=["']?([\w:.-]+)/i.exec(contentType)?.[1] ?? /<meta[^>]+charset=["']?([\w:.-]+)/i.exec(head)?.[1];
  try {
    return new TextDecoder(said ?? 'utf-8').decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

/** Reads a page of a build once more, as it is served, for those who look for places in it after the page was left. */
export async function readServed(url: string, fetch: CappedFetch, files: SiteFiles): Promise<ServedSource | null> {
  let at = url;
  for (let hop = 0; hop <= HOPS; hop++) {
    const answer = await fetch(at, { headers: { accept: 'text/html,*/*;q=0.8' } }, MOST);
    if ('failure' in answer) return null;
    const header = (name: string) => answer.headers.find(([one]) => one === name)?.[1];
    const location = header('location');
    if (answer.status >= 300 && answer.status < 400 && location !== undefined && URL.canParse(location, at)) {
      at = new URL(location, at).href;
      continue;
    }
    const file = files.of(at);
    const type = header('content-type') ?? '';
    if (file === null || !/html/i.test(type)) return null;
    return { file, url: at, tree: readSource(decodeHtml(answer.body, type)) };
  }
  return null;
}
