import { readSync } from 'node:fs';
import type { Content, StoredFile } from '../unpack/index.ts';

/** The build as a host would see it: site paths without a leading slash, mapped to files. */
export interface SiteTree {
  /** Folder of the archive that is the site's root, '' for the archive's own. */
  readonly root: string;
  readonly files: ReadonlyMap<string, StoredFile>;
  /** Every folder that holds a file, '' first. */
  readonly folders: ReadonlySet<string>;
  /** At most `max` bytes of a file from `start`; fewer at its end. */
  read(file: StoredFile, start?: number, max?: number): Buffer;
}

/** What systems put beside a build and no host serves. */
const LITTER = /(^|\/)(__MACOSX(\/|$)|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._[^/]*$)/;

/** Arranges unpacked files as a site: litter left out, a single top folder unwrapped. */
export function siteTree(content: Content): SiteTree {
  const kept = content.files.filter(({ path }) => !LITTER.test(path));
  const root = soleFolder(kept);
  const files = new Map<string, StoredFile>();
  const folders = new Set<string>(['']);
  for (const file of kept) {
    const path = root === '' ? file.path : file.path.slice(root.length + 1);
    files.set(path, file);
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at));
  }
  return { root, files, folders, read: (file, start = 0, max = file.size) => readAt(content.fd, file, start, max) };
}

function readAt(fd: number, file: StoredFile, start: number, max: number): Buffer {
  const length = Math.max(0, Math.min(max, file.size - start));
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const got = readSync(fd, bytes, done, length - done, file.offset + start + done);
    if (got === 0) throw new Error('the content file ended early');
    done += got;
  }
  return bytes;
}

/** The folder that holds everything, however deep, or ''. */
function soleFolder(files: readonly StoredFile[]): string {
  let root = files[0]?.path.split('/').slice(0, -1) ?? [];
  for (const { path } of files) {
    const parts = path.split('/');
    const same = root.findIndex((part, index) => parts[index] !== part || index === parts.length - 1);
    if (same >= 0) root = root.slice(0, same);
  }
  return root.join('/');
}
