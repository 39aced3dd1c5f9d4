/**
 * Site: what is in the build.
 * Enters: the unpacked content. Leaves: the tree, its hosting rules, and the summary that the engine is told.
 * Called by the extractor's run. It must never run, resolve or fetch anything that the build names.
 */
import { StageflowError } from '@stageflow/engine/kernel';
import { clip, type SiteSummary } from '@stageflow/engine/sdk';
import { readHosting, type Hosting } from '../hosting/index.ts';
import { refuse } from '../refusal.ts';
import type { Content } from '../unpack/index.ts';
import { isPage, sitePages } from './pages.ts';
import { productionOrigin } from './production-origin.ts';
import { siteTree, type SiteTree } from './tree.ts';

export type { SiteTree } from './tree.ts';

/** A site ready to be served. */
export interface Site {
  readonly tree: SiteTree;
  readonly hosting: Hosting;
  readonly summary: SiteSummary;
}

/** A configuration file longer than this is not read, in bytes. */
const CONFIG_BYTES = 512 << 10;
const MOST_NOTES = 100;

/** The files of a build that can be scanned. Throws `zip_empty` without files and `zip_no_html` without a page; no file is read for it. */
export function scannableTree(content: Content): SiteTree {
  const tree = siteTree(content);
  if (tree.files.size === 0) refuse('zip_empty', 'it holds no files');
  if (![...tree.files.keys()].some(isPage)) refuse('zip_no_html', 'it holds no HTML page');
  return tree;
}

/** Reads the build. Refuses what `scannableTree` refuses. */
export function readSite(content: Content, archiveNotes: readonly string[]): Site {
  const tree = scannableTree(content);
  const tooLong: string[] = [];
  const hosting = readHosting((name) => {
    const file = tree.files.get(name);
    if (!file) return null;
    if (file.size <= CONFIG_BYTES)
      return tree
        .read(file)
        .toString('utf8')
        .replace(/^\ufeff/, '');
    tooLong.push(`${name} is larger than ${CONFIG_BYTES} bytes and was not used.`);
    return null;
  });
  const pages = sitePages(tree, hosting.manners);
  const [entry] = pages.paths;
  if (entry === undefined) refuse('zip_no_html', 'the address of every page is too long');
  const notes = [...archiveNotes, ...new Set(tooLong), ...hosting.notes, ...pages.notes].map((note) =>
    clip(printable(note), 500),
  );
  const summary: SiteSummary = {
    files: tree.files.size,
    bytes: [...tree.files.values()].reduce((sum, file) => sum + file.size, 0),
    pages: [...pages.paths],
    entry,
    root: tree.root,
    hosting: [...hosting.honoured, ...standIns(tree, hosting)],
    declaredFor: hosting.headers.length > 0 ? (hosting.host ?? declaredWithoutHost()) : null,
    productionOrigin: productionOrigin(tree, pages.files),
    notes:
      notes.length > MOST_NOTES
        ? [...notes.slice(0, MOST_NOTES - 1), `${notes.length - MOST_NOTES + 1} more notes are left out.`]
        : notes,
  };
  return { tree, hosting, summary };
}

/** Headers come only from files that name a host. */
function declaredWithoutHost(): never {
  throw new StageflowError('internal', { reason: 'headers were declared for no host' });
}

function standIns(tree: SiteTree, hosting: Hosting): string[] {
  const fallback = hosting.redirects.some(
    ({ match, status, force }) => status === 200 && !force && match('/\u0001/\u0001') !== null,
  );
  const spa = fallback || tree.files.has('200.html') || (hosting.manners.spaWithout404 && !tree.files.has('404.html'));
  return [...(tree.files.has('404.html') ? ['404.html'] : []), ...(spa ? ['spa-fallback'] : [])];
}

/** Notes carry names from the archive; nothing in them may steer a terminal. */
function printable(text: string): string {
  return text.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
