/**
 * Lays out what electron-builder packs: `node main/packaging/stage.ts [folder]`, by default out/desktop. `app` goes into the archive of the app,
 * `program` beside it: the engine with what it needs to make the scanner image, each file by its checksum.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { bringNatsServer, linuxNode, packagedParts, readRecipe } from '@stageflow/engine/preflight';
import { ensureReportTemplate, runBuild } from '@stageflow/engine/report';
import { build } from 'vite';
import { buildPreload } from '../build.ts';
import { iconOf } from '../tray/icon.ts';
import { checksumsOf } from './checksums.ts';
import { programFiles } from './program.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(import.meta.dirname, '..');
/** Pixels that the largest icon of any system asks for. */
const ICON_SIDE = 1024;
/** What no program reads at run time. */
const LEFT_OUT = /\.(?:map|md|markdown|d\.ts|d\.mts|d\.cts|ts|flow)$/i;
/** Sources of the one native package, whose builds for other systems are left out too. */
const NATIVE = /\/better-sqlite3\/(?:deps|src|binding\.gyp)(?:\/|$)/;
const PREBUILT = /\/prebuilds\/([^/]+)\.node$/;

/** Where the two parts lie. */
export interface Staged {
  readonly app: string;
  readonly program: string;
}

/** Lays out both parts for the system that this runs on. What is to be fetched is said first. */
export async function stage(out: string, say: (line: string) => void): Promise<Staged> {
  const app = join(out, 'app');
  const program = join(out, 'program');
  for (const folder of [app, program]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  const resources = join(out, 'resources');
  mkdirSync(resources, { recursive: true });
  writeFileSync(join(resources, 'icon.png'), iconOf('busy', ICON_SIDE));
  await layProgram(program, say);
  await layApp(app);
  writeFileSync(join(app, 'resources.json'), JSON.stringify(await checksumsOf(program)));
  return { app, program };
}

async function layProgram(program: string, say: (line: string) => void): Promise<void> {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(program, path)), { recursive: true });
    writeFileSync(join(program, path), text);
  };
  for (const { path, text } of programFiles(ROOT, ['main/host/index.ts'])) write(path, text);
  const { files, packages } = packagedParts(ROOT, ['engine', 'server', 'main']);
  for (const file of files) write(file, readFileSync(join(ROOT, file), 'utf8'));
  for (const folder of packages) if (existsSync(join(ROOT, folder))) copyPackage(folder, program);
  const { node } = readRecipe(ROOT);
  for (const binary of [(await bringNatsServer(say)).path, await linuxNode(node, say)]) {
    const name = binary.includes('node-linux-') ? `node-linux-${process.arch}` : basename(binary);
    cpSync(binary, join(program, 'bin', name));
  }
  const built = join(program, 'built');
  mkdirSync(built);
  await runBuild('app/build.ts', [join(built, 'web-app')], 'the app');
  writeFileSync(join(built, 'report-template.html'), await ensureReportTemplate());
}

function copyPackage(folder: string, program: string): void {
  const own = `${process.platform}-${process.arch}`;
  cpSync(join(ROOT, folder), join(program, folder), {
    recursive: true,
    filter: (from) => {
      const path = from.slice(ROOT.length).replaceAll('\\', '/');
      const inner = path.slice(folder.length + 1);
      // Packages within it are in the list by themselves, as far as they are needed.
      if (inner.split('/').includes('node_modules') || LEFT_OUT.test(inner) || NATIVE.test(path)) return false;
      return (PREBUILT.exec(path)?.[1] ?? own) === own;
    },
  });
}

async function layApp(app: string): Promise<void> {
  const { version, description, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  await build({
    root: MAIN,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: app,
      emptyOutDir: false,
      minify: false,
      target: 'node24',
      rolldownOptions: {
        input: { main: join(MAIN, 'packaged.ts') },
        external: ['electron', /^node:/, ...builtinModules],
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  });
  await buildPreload(app);
  const head = { name: 'stageflow', productName: 'Stageflow', version, description, license, type: 'module' };
  writeFileSync(join(app, 'package.json'), JSON.stringify({ ...head, main: 'main.js', author: 'Stageflow' }));
}

if (import.meta.main) {
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const { app, program } = await stage(resolve(process.argv[2] ?? join(ROOT, 'out/desktop')), say);
  say(`Laid out: ${app} and ${program}`);
}
