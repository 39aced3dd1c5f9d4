import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Import, ownImports, sourceFiles } from './imports.ts';
import { layerOf, layerTable } from './layers.ts';

const ROOT = join(import.meta.dirname, '../..');
const under = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);

/** Tests, and the parts of tests beside the code; the command `test` of the product is none. */
const isTestPart = (file: string) =>
  /\.test\.tsx?$|(^|\/)test(ing)?(\/|\.ts)/.test(file) && !file.startsWith('server/cli/test/');

/** Why an import is not allowed, or null. */
function refusal({ file, line, target }: Import): string | null {
  const layer = layerOf(file);
  const isTest = isTestPart(file);
  if (!layer) return `${file}:${line} lies in no folder of the import table`;
  // A test beside the code may use the shared test parts.
  if (under(target, layer.from) || (isTest && under(target, 'test'))) return null;
  if (isTest && layer.may.length > 0 && under(file, 'scanners') && under(target, 'engine')) return null;
  if (layer.may.some((folder) => under(target, folder)) && !(under(target, 'engine/run') && under(file, 'engine')))
    return null;
  return `${file}:${line} imports ${target}. ${layer.from} may import ${layer.may.join(', ') || 'nothing of ours'}: ${layer.reason}.`;
}

describe('the import table', () => {
  const made: string[] = [];
  afterAll(() => {
    for (const folder of made) rmSync(folder, { recursive: true, force: true });
  });

  it('holds for every import of this project, types included', () => {
    const refusals = ownImports(ROOT)
      .map(refusal)
      .filter((r) => r !== null);
    expect(refusals, `${refusals.join('\n')}\n\n${layerTable()}`).toEqual([]);
  });

  it('gives every source file a row', () => {
    const homeless = sourceFiles(ROOT).filter((file) => file.includes('/') && layerOf(file) === null);
    expect(homeless).toEqual([]);
  });

  it('refuses a planted violation with the reason', () => {
    const root = mkdtempSync(join(tmpdir(), 'layers-'));
    made.push(root);
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    };
    for (const folder of ['engine', 'server', 'main', 'renderer'])
      write(`${folder}/package.json`, `{"name":"@stageflow/${folder}"}`);
    mkdirSync(join(root, 'scanners'));
    write('engine/fsm/decide.ts', "import type { Ledger } from '../ledger/port.ts';\n");
    expect(ownImports(root).map(refusal)).toEqual([
      'engine/fsm/decide.ts:1 imports engine/ledger/port.ts. engine/fsm may import engine/kernel, engine/event: the state machine is pure.',
    ]);
  });

  it('keeps files within the size of one idea', async () => {
    const { readFile } = await import('node:fs/promises');
    const long: string[] = [];
    for (const file of sourceFiles(ROOT)) {
      // Lists of expectations are data.
      if (isTestPart(file)) continue;
      const lines = (await readFile(join(ROOT, file), 'utf8')).split('\n').length;
      if (lines > 400) long.push(`${file}: ${lines} lines`);
    }
    expect(long).toEqual([]);
  });
});
