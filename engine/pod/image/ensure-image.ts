import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { Readable } from 'node:stream';
import { StageflowError } from '../../kernel/index.ts';
import { repositoryFolder, runCommand, runMended, runOk, withLock } from '../host/index.ts';
import type { PodmanHost } from '../host/index.ts';
import { ensureBase, proxySettings } from './base.ts';
import { imageContents } from './contents.ts';
import type { ImageContents } from './contents.ts';
import { contextEntries } from './context.ts';
import { linuxNode } from './node-binary.ts';
import { pruneImages } from './prune.ts';
import { tarStream } from './tar.ts';

/** Name of the scanner image that this clone needs, whether it is built or not. About 20 ms. */
export function imageRef(root: string = repositoryFolder()): string {
  return imageContents(root).ref;
}

/** True when that image is in our storage. It is the first question of every start, so stale records of Podman are set right here. */
export async function imageExists(host: PodmanHost, ref: string): Promise<boolean> {
  return (await runMended(host.command, ['image', 'exists', ref], { timeoutMs: 10_000 })).code === 0;
}

/** The name of the scanner image, built first when it is not there; `say` gets a line per step for a person to read. Throws `image_missing` or `setup_needed`. */
export async function ensureImage(host: PodmanHost, say: (line: string) => void = () => undefined): Promise<string> {
  const root = repositoryFolder();
  const contents = imageContents(root);
  if (await imageExists(host, contents.ref)) return contents.ref;
  const lock = path.join(host.folders.config, 'image.lock');
  const onWait = (pid: number): void => say(`Waiting for process ${pid}, which is building the scanner image`);
  await withLock(
    lock,
    async () => {
      if (await imageExists(host, contents.ref)) return;
      const known = await runOk(host.command(['image', 'exists', contents.baseRef]));
      say(
        known
          ? 'Building the scanner image (layers that did not change are kept)'
          : 'Building the scanner image (once, about 3 minutes)',
      );
      await ensureBase(host, contents, say);
      // With a known base the long steps come from the build's cache.
      await build(host, root, contents, known ? () => undefined : say);
      await pruneImages(host, contents.ref);
    },
    { onWait },
  );
  return contents.ref;
}

/** Sends the context to the Podman user as a stream, because that user may not read our files, and builds there. */
async function build(
  host: PodmanHost,
  root: string,
  contents: ImageContents,
  say: (line: string) => void,
): Promise<void> {
  const node = await linuxNode(contents.recipe.node, say);
  const folder = `${host.folders.work}/image-${randomBytes(4).toString('hex')}`;
  const sh = (script: string) => host.as('/bin/sh', ['-c', script, 'sh', folder]);
  try {
    const input = Readable.from(tarStream(contextEntries(root, contents, node)));
    const sent = await runCommand(sh('mkdir -p "$1" && exec tar -x -f - -C "$1"'), { input });
    if (sent.code !== 0) throw new StageflowError('image_missing', { reason: lastLine(sent.stderr) });
    const args = [
      'build',
      '--network',
      'host',
      '--format',
      'oci',
      '--build-arg',
      `BASE=${contents.baseRef}`,
      '--tag',
      contents.ref,
      folder,
    ];
    const command = host.command(args);
    const built = await runCommand(
      { ...command, env: { ...command.env, ...proxySettings() } },
      { timeoutMs: 1_800_000, onLine: (line) => announce(line, say) },
    );
    if (built.code !== 0) throw new StageflowError('image_missing', { reason: lastLine(built.stderr) });
  } finally {
    await runCommand(sh('rm -rf -- "$1"'));
  }
}

/** Of a build's many lines only the long step tells a person something. */
function announce(line: string, say: (line: string) => void): void {
  if (/^(?:\[\d+\/\d+\] )?STEP .*apt-get install/.test(line)) say('Installing Chromium and fonts into the image');
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) || 'podman build ended without a word';
}
