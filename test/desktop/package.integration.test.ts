import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageContents } from '../../engine/pod/image/contents.ts';
import { assertUnchanged, type Checksums, checksumsOf, differences } from '../../main/packaging/checksums.ts';
import { stage } from '../../main/packaging/stage.ts';
import { leftovers } from '../e2e/cli.ts';
import { startApp } from './app.ts';
import { writeStubElectron } from './stub-electron.ts';

const ROOT = join(import.meta.dirname, '../..');
const MIB = 2 ** 20;
const run = promisify(execFile);

/** A tool of the packages, as people run it. */
const tool = (path: string, ...args: string[]) =>
  run(process.execPath, [join(ROOT, 'node_modules', path), ...args], { cwd: ROOT, maxBuffer: 64 * MIB });
const builder = (folder: string, ...more: string[]) =>
  tool(
    'electron-builder/cli.js',
    '--dir',
    '--publish',
    'never',
    `-c.electronDist=${join(folder, 'electron')}`,
    `-c.directories.output=${join(folder, 'packages')}`,
    ...more,
  );

/** Electron's own program cannot be had everywhere: the package is made around files that stand for it, which only Linux's tools take. */
describe.runIf(process.platform === 'linux')('the package of the desktop app', () => {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  const unpacked = join(folder, 'packages/linux-unpacked');
  const program = join(unpacked, 'resources/stageflow');
  // Where electron-builder.yml looks for it.
  const laidOut = join(ROOT, 'out/desktop');
  const app = (file: string) => readFileSync(join(laidOut, 'app', file), 'utf8');
  beforeAll(async () => {
    writeStubElectron(join(folder, 'electron'));
    await stage(laidOut, () => {});
    await builder(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is described by a file that the builder’s own schema takes, where a word that it does not know is refused', async () => {
    await expect(builder(folder, '-c.fuses=none')).rejects.toMatchObject({
      stdout: expect.stringMatching(/unknown property 'fuses'/),
    });
  });

  it('U8: has the fuses of Electron set so that the program runs this app and nothing else', async () => {
    const { stdout } = await tool('@electron/fuses/dist/bin.js', 'read', '--app', join(unpacked, 'stageflow'));
    const fuses = Object.fromEntries(
      [...stdout.matchAll(/(\w+) is (Enabled|Disabled)/g)].map(([, name, is]) => [name, is]),
    );
    expect(fuses).toMatchObject({
      RunAsNode: 'Disabled',
      EnableCookieEncryption: 'Enabled',
      EnableNodeOptionsEnvironmentVariable: 'Disabled',
      EnableNodeCliInspectArguments: 'Disabled',
      EnableEmbeddedAsarIntegrityValidation: 'Enabled',
      OnlyLoadAppFromAsar: 'Enabled',
      GrantFileProtocolExtraPrivileges: 'Disabled',
    });
  });

  it('U8: has in its archive main, the preload and the checksums of what lies beside, and nothing else', async () => {
    const archive = join(unpacked, 'resources/app.asar');
    const { stdout } = await tool('@electron/asar/bin/asar.mjs', 'list', archive);
    expect(stdout.trim().split('\n').toSorted()).toEqual([
      '/main.js',
      '/minio.js',
      '/package.json',
      '/preload.cjs',
      '/resources.json',
    ]);
    expect(readdirSync(join(unpacked, 'resources')).toSorted()).toEqual(['app-update.yml', 'app.asar', 'stageflow']);
    expect(statSync(archive).size).toBeLessThan(8 * MIB);
  });

  it('U8: brings the engine file by file as it was laid out: nothing missing, nothing else, within its size', async () => {
    const wanted = JSON.parse(app('resources.json')) as Checksums;
    expect(differences(wanted, await checksumsOf(program))).toEqual([]);
    const size = Object.keys(wanted).reduce((sum, file) => sum + statSync(join(program, file)).size, 0);
    expect(size / MIB).toBeLessThan(340);
  });

  it('U8: brings no tests, no types, no builds for other systems, no path of this machine and no secret', () => {
    const files = Object.keys(JSON.parse(app('resources.json')) as Checksums);
    const own = files.filter((file) => !/^(?:node_modules|bin|built)\//.test(file));
    expect(own.filter((file) => /\.test\.|\.d\.ts$|(?:^|\/)tests?\//.test(file))).toEqual([]);
    expect(
      own.filter((file) => file.endsWith('.ts') && !/^(?:scanners|engine\/(?:kernel|scanner))\//.test(file)),
    ).toEqual([]);
    expect(files.filter((file) => file.endsWith('.node'))).toEqual([
      `node_modules/better-sqlite3/prebuilds/${process.platform}-${process.arch}.node`,
    ]);
    expect(files.filter((file) => /(?:^|\/)(?:\.env|\.npmrc|id_rsa|remotes\.json|.*\.pem|.*\.db)$/.test(file))).toEqual(
      [],
    );
    const texts = [
      ...own.map((file) => [file, readFileSync(join(program, file), 'utf8')] as const),
      ...['main.js', 'preload.cjs', 'package.json'].map((file) => [file, app(file)] as const),
    ];
    const telling = [ROOT, '-----BEGIN RSA', '-----BEGIN OPENSSH'];
    expect(
      texts.flatMap(([file, text]) => telling.filter((one) => text.includes(one)).map((one) => `${file}: ${one}`)),
    ).toEqual([]);
  });

  it('makes the same scanner image as a clone', () => {
    expect(imageContents(program).ref).toBe(imageContents(ROOT).ref);
  });

  it('runs: the engine out of the package answers, with the screens that were built for it', async () => {
    const packed = await startApp(null, { parts: { host: join(program, 'main/host/index.js') } });
    await packed.ready();
    const page = await packed.ask('/', { headers: { accept: 'text/html' } });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<div id="root">')]);
    const { scanners } = (await (await packed.ask('/api/v1/scanners')).json()) as { scanners: unknown[] };
    expect(scanners.length).toBe(globSync('scanners/*/manifest.json', { cwd: ROOT }).length);
    const { home } = packed;
    await packed.quit();
    expect(leftovers(home)).toEqual([]);
  });

  it('is removed with everything of it that runs, and goes on where it is only renewed', async () => {
    const script = join(ROOT, 'main/packaging/before-remove.sh');
    const installed = join(folder, 'installed');
    mkdirSync(installed);
    // Any program does; it lies where the app would.
    cpSync(realpathSync('/bin/sleep'), join(installed, 'sleep'));
    const running = spawn(join(installed, 'sleep'), ['600']);
    await once(running, 'spawn');
    const env = { ...process.env, STAGEFLOW_INSTALLED: installed };
    await run('sh', [script, 'upgrade'], { env });
    expect(running.exitCode ?? running.signalCode).toBeNull();
    const [[, signal]] = await Promise.all([once(running, 'exit'), run('sh', [script, 'remove'], { env })]);
    expect(signal).toBe('SIGTERM');
  });

  it('does not start an engine that was changed after it was packed, and says so', async () => {
    const changed = join(folder, 'changed');
    cpSync(join(program, 'main'), changed, { recursive: true });
    const wanted = await checksumsOf(changed);
    await assertUnchanged(changed, wanted);
    appendFileSync(join(changed, 'host/index.js'), '// more');
    const refused = await startApp(null, { parts: { unchanged: () => assertUnchanged(changed, wanted) } });
    await refused.world.ended.promise;
    expect(refused.world.errorBoxes).toEqual([
      'Stageflow cannot start: The installed app is not what was packed (host/index.js was changed). Install it again from where you got it.',
    ]);
    expect(refused.world.hosts).toEqual([]);
    refused.world.dispose();
  });
});
