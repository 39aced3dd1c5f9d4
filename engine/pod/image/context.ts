import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import type { ImageContents } from './contents.ts';
import type { TarEntry } from './tar.ts';

/** The build context as tar entries: Containerfile, fonts, Node, `dependencies/` and `sources/`. Read lazily, one file at a time. */
export function* contextEntries(root: string, contents: ImageContents, nodeBinary: string): Generator<TarEntry> {
  yield { kind: 'file', path: 'Containerfile', executable: false, data: contents.containerfile };
  yield { kind: 'file', path: 'fonts.conf', executable: false, data: contents.fonts };
  yield { kind: 'file', path: 'node', executable: true, data: readFileSync(nodeBinary) };
  for (const item of contents.packages) yield* packageEntries(root, item.folder, `dependencies/${item.folder}`);
  for (const file of contents.sources)
    yield { kind: 'file', path: `sources/${file.path}`, executable: false, data: file.data };
  // Links, not copies: Node strips types only from files whose real path is outside node_modules.
  for (const workspace of contents.workspaces) {
    const link = `node_modules/${workspace.name}`;
    const target = path.posix.relative(path.posix.dirname(link), workspace.folder);
    yield { kind: 'link', path: `sources/${link}`, target };
  }
}

/** Files that no program reads at run time; they are a third of the dependencies. */
const LEFT_OUT = /\.(map|md|markdown|d\.ts|d\.mts|d\.cts|ts|flow)$/i;

function* packageEntries(root: string, from: string, to: string): Generator<TarEntry> {
  const entries = readdirSync(path.join(root, from), { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  for (const entry of entries) {
    const file = path.join(root, from, entry.name);
    const target = `${to}/${entry.name}`;
    if (entry.isSymbolicLink()) yield { kind: 'link', path: target, target: readlinkSync(file) };
    // A nested node_modules is in the closure by its own entries, as far as it is needed.
    else if (entry.isDirectory() && entry.name !== 'node_modules')
      yield* packageEntries(root, `${from}/${entry.name}`, target);
    else if (entry.isFile() && !LEFT_OUT.test(entry.name)) {
      yield { kind: 'file', path: target, executable: (statSync(file).mode & 0o111) !== 0, data: readFileSync(file) };
    }
  }
}
