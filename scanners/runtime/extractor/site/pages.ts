import { encodePath, type HostManners } from '../hosting/index.ts';
import type { SiteTree } from './tree.ts';

const PAGE = /\.(html?|xhtml)$/i;
const INDEX = /(^|\/)index\.html?$/i;
/** Pages that a host shows in place of others; they are no pages of the site. */
const STAND_IN = /(^|\/)(404|500|200)\.html$/;
const MOST = 10_000;
const LONGEST = 2048;
/** All addresses together, so that the message to the engine stays within its cap; characters, which are all ASCII. */
const ALL_TEXT = 1 << 20;

/** The pages of a build. */
export interface SitePages {
  /** Site paths as a browser asks for them, entry first, then by depth and name. */
  readonly paths: readonly string[];
  /** Files behind `paths`, in the same order. */
  readonly files: readonly string[];
  readonly notes: readonly string[];
}

/** Whether a file of the build is a page, by its name. */
export const isPage = (path: string): boolean => PAGE.test(path);

/** Address of a page file under the host's manners: `/` for index.html, `/about` where the host takes `.html` away. */
export function pageAddress(file: string, manners: HostManners): string {
  const path = `/${file}`;
  if (INDEX.test(file) && file.endsWith('index.html')) {
    const folder = path.slice(0, -'index.html'.length);
    return encodePath(manners.folders === 'strip' && folder !== '/' ? folder.slice(0, -1) : folder);
  }
  if (manners.cleanUrls === 'redirect' && file.endsWith('.html')) {
    return encodePath(
      path.slice(0, -'.html'.length) + (manners.folders === 'redirect' && manners.slashedPages === 'serve' ? '/' : ''),
    );
  }
  return encodePath(path);
}

/** Finds the pages, entry first: index.html of the root, else the shallowest index, else the first page. */
export function sitePages(tree: SiteTree, manners: HostManners): SitePages {
  const depth = (path: string) => path.split('/').length;
  const rank = (path: string) => (INDEX.test(path) ? 0 : 1);
  const order = (a: string, b: string) => depth(a) - depth(b) || rank(a) - rank(b) || (a < b ? -1 : 1);
  const all = [...tree.files.keys()].filter(isPage);
  const shown = all.filter((path) => !STAND_IN.test(path));
  const pages = (shown.length > 0 ? shown : all).sort(order);
  const entry = pages.find((path) => INDEX.test(path)) ?? pages[0];
  const files = entry === undefined ? [] : [entry, ...pages.filter((path) => path !== entry)];
  const rows = files
    .map((file) => ({ file, path: pageAddress(file, manners) }))
    .filter(({ path }) => path.length <= LONGEST);
  let room = ALL_TEXT;
  const kept = rows.slice(0, MOST).filter(({ path }) => (room -= path.length + 3) >= 0);
  const notes =
    kept.length < files.length
      ? [`${files.length - kept.length} pages are not listed (too many, or their addresses are too long).`]
      : [];
  return { paths: kept.map(({ path }) => path), files: kept.map(({ file }) => file), notes };
}
