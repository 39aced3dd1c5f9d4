import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** One import statement of ours that reaches another file of ours. */
export interface Import {
  readonly file: string;
  readonly line: number;
  /** Path of the imported file or folder entry, from the repository's root. */
  readonly target: string;
}

const SKIP = new Set(['node_modules', '.cache', '.git', 'out', 'dist', 'source']);
// Static, type-only, re-export and dynamic imports alike: a type import couples as much as any other.
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+)['"]([^'"]+)['"]/g;

/** Every TypeScript file below `root`, from the root. */
export function sourceFiles(root: string): string[] {
  const walk = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      if (SKIP.has(entry.name)) return [];
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return walk(path);
      return /\.tsx?$/.test(entry.name) ? [path] : [];
    });
  return walk('').toSorted();
}

/** Workspace package -> folder, and its `exports`. */
function packages(root: string): Map<string, { folder: string; exports: Record<string, string> }> {
  const folders = [
    'engine',
    'server',
    'main',
    'renderer',
    ...readdirSync(join(root, 'scanners')).map((id) => `scanners/${id}`),
  ];
  return new Map(
    folders.map((folder) => {
      const { name, exports } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
        name: string;
        exports?: Record<string, string>;
      };
      return [name, { folder, exports: exports ?? {} }];
    }),
  );
}

/** All imports between our own files. An import of a workspace resolves to the file that its `exports` names. */
export function ownImports(root: string): Import[] {
  const known = packages(root);
  return sourceFiles(root).flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    return lines.flatMap((text, index) =>
      [...text.matchAll(SPECIFIER)].flatMap((match): Import[] => {
        const specifier = match[1] ?? '';
        const at = { file, line: index + 1 };
        if (specifier.startsWith('.'))
          return [{ ...at, target: relative(root, resolve(root, dirname(file), specifier)) }];
        const [scope, name, ...rest] = specifier.split('/');
        const owner = scope?.startsWith('@stageflow') ? known.get(`${scope}/${name}`) : undefined;
        if (!owner) return [];
        const entry = rest.length === 0 ? '.' : `./${rest.join('/')}`;
        const path = owner.exports[entry];
        return [
          { ...at, target: path === undefined ? `${owner.folder}/(not exported: ${entry})` : join(owner.folder, path) },
        ];
      }),
    );
  });
}
