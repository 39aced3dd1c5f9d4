import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { StageflowError } from '../../kernel/index.ts';
import { podmanHost, runCommand } from '../host/index.ts';
import { imageExists, imageRef } from './ensure-image.ts';
import { pruneImages } from './prune.ts';

/** The index of an OCI archive, as far as it names images. */
const Index = z.looseObject({
  manifests: z.array(z.looseObject({ annotations: z.record(z.string(), z.string()).optional() })),
});

/** Names of the images of an archive, given its index.json; throws what the parser throws when it is none. */
export function namesIn(index: string): (string | null)[] {
  return Index.parse(JSON.parse(index)).manifests.map(
    ({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] ?? null,
  );
}

/**
 * Writes this clone's scanner image, which must be built, into a new file that every account may read: about 1.2 GB, not compressed,
 * because both ends are one machine. Throws `image_missing`.
 */
export async function saveImage(file: string): Promise<void> {
  const host = await podmanHost();
  const target = await open(file, 'wx', 0o644);
  try {
    const command = host.command(['save', '--quiet', '--uncompressed', '--format', 'oci-archive', imageRef()]);
    const child = spawn(command.file, [...command.args], {
      cwd: command.cwd,
      env: command.env as NodeJS.ProcessEnv,
      stdio: ['ignore', target.fd, 'pipe'],
    });
    const ended = once(child, 'close') as Promise<[number | null]>;
    const [stderr, [code]] = await Promise.all([child.stderr === null ? '' : text(child.stderr), ended]);
    if (code !== 0)
      throw new StageflowError('image_missing', { reason: stderr.trim().split('\n').at(-1) || 'no word' });
  } finally {
    await target.close();
  }
}

/**
 * Takes the scanner image from a file that `saveImage` wrote for another account, unless it is here already. The file must hold
 * this clone's image and nothing else, else `image_missing` is thrown and nothing is changed.
 */
export async function takeImage(file: string): Promise<void> {
  const host = await podmanHost();
  const ref = imageRef();
  const refuse = (reason: string) => new StageflowError('image_missing', { reason });
  const listed = await runCommand(host.as('tar', ['-xOf', file, 'index.json']), { timeoutMs: 60_000 });
  if (listed.code !== 0) throw refuse(`${file} is no image archive`);
  const names = namesIn(listed.stdout);
  if (names.length !== 1 || names[0] !== ref) throw refuse(`${file} holds ${names.join(', ')} instead of ${ref}`);
  if (await imageExists(host, ref)) return;
  const loaded = await runCommand(host.command(['load', '--quiet', '--input', file]), { timeoutMs: 600_000 });
  if (loaded.code !== 0) throw refuse(loaded.stderr.trim().split('\n').at(-1) || 'podman load ended without a word');
  await pruneImages(host, ref);
}
