import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const MARK = '/node_modules/';

/** Folder of the package that a module belongs to, or null for our own. */
function packageOf(id: string): string | null {
  const at = id.lastIndexOf(MARK);
  if (at === -1) return null;
  const [scope = '', name = ''] = id.slice(at + MARK.length).split('/');
  return `${id.slice(0, at)}${MARK}${scope.startsWith('@') ? `${scope}/${name}` : scope}`;
}

function noticeOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
  const text =
    file === undefined ? `License: ${manifest['license'] ?? 'unknown'}` : readFileSync(join(folder, file), 'utf8');
  return `${manifest['name']} ${manifest['version']}\n\n${text.trim()}\n`;
}

/** Writes `notices.txt` beside the bundle: the licence of every package and font that is in it, as those licences ask for. */
export function notices(fonts: readonly string[]): Plugin {
  const modules = new Set<string>();
  return {
    name: 'stageflow-notices',
    generateBundle(_, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type === 'chunk') for (const id of output.moduleIds) modules.add(id);
      }
      const folders = [...modules, ...fonts].flatMap((id) => packageOf(id) ?? []);
      const known = [...new Set(folders)].filter((folder) => existsSync(join(folder, 'package.json')));
      const source = known
        .sort()
        .map(noticeOf)
        .join(`\n${'-'.repeat(80)}\n\n`);
      this.emitFile({ type: 'asset', fileName: 'notices.txt', source });
    },
  };
}

/** Folder of an installed package, found from a file of ours. */
export function installed(name: string): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'node_modules', name))) {
    if (dirname(folder) === folder) throw new Error(`${name} is not installed`);
    folder = dirname(folder);
  }
  return join(folder, 'node_modules', name, 'package.json');
}
