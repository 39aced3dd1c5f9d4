import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';

/** A file of the packaged program: made of one of our sources, or the same. */
export interface ProgramFile {
  /** Path from the program's folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Specifiers: of imports, exports, and of what is started beside its importer (`new URL('./thread.ts', …)`). */
const RELATIVE = /((?:\bfrom|\bimport\s*\(?|\bnew URL\()\s*)(['"])(\.{1,2}\/[^'"\n]+)\.ts\2/g;
const PACKAGE = /((?:\bfrom|\bimport\s*\(?)\s*)(['"])@stageflow\/([a-z-]+)(\/[a-z-]+)?\2/g;

type Exports = Readonly<Record<string, string>>;

/**
 * Everything of ours that `entries` reach, as JavaScript under the same paths: types are taken out, specifiers name the new files, and workspaces are
 * named by where they lie, since a package cannot hold links on every system. `root` is the clone.
 */
export function programFiles(root: string, entries: readonly string[]): readonly ProgramFile[] {
  const files = new Map<string, ProgramFile>();
  const exportsOf = new Map<string, Exports>();
  const entryOf = (workspace: string, rest: string): string => {
    const known =
      exportsOf.get(workspace) ??
      (JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8')) as { exports: Exports }).exports;
    exportsOf.set(workspace, known);
    const file = known[rest === '' ? '.' : `.${rest}`];
    if (file === undefined) throw new Error(`@stageflow/${workspace} exports no .${rest}`);
    return posix.join(workspace, file);
  };
  const queue = [...entries];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const path = file.replace(/\.ts$/, '.js');
    if (files.has(path)) continue;
    const here = dirname(file);
    const reach = (target: string): string => {
      queue.push(target);
      const to = posix.relative(here, target.replace(/\.ts$/, '.js'));
      return to.startsWith('.') ? to : `./${to}`;
    };
    const stripped = stripTypeScriptTypes(readFileSync(join(root, file), 'utf8'), { mode: 'strip' });
    const text = stripped
      .replaceAll(RELATIVE, (_, before: string, quote: string, specifier: string) => {
        const target = relative(root, resolve(root, here, `${specifier}.ts`))
          .split(sep)
          .join('/');
        return before + quote + reach(target) + quote;
      })
      .replaceAll(
        PACKAGE,
        (_, before: string, quote: string, workspace: string, rest = '') =>
          before + quote + reach(entryOf(workspace, rest)) + quote,
      );
    files.set(path, { path, text });
  }
  return [...files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
