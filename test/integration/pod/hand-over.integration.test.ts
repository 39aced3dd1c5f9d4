import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { imageRef, takeImage } from '../../../engine/pod/image/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stageflow-hand-over-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An archive whose index names the given images, and that has nothing else. */
function archive(...names: readonly string[]): string {
  const manifests = names.map((name) => ({ annotations: { 'org.opencontainers.image.ref.name': name } }));
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  spawnSync('tar', ['-C', folder, '-cf', join(folder, 'image.tar'), 'index.json']);
  return join(folder, 'image.tar');
}

it('an image archive that holds another image, or one more, is refused before it is loaded', async () => {
  const foreign = 'localhost/stageflow/scanner:0000000000000000';
  const refused = { code: 'image_missing', message: expect.stringContaining(`instead of ${imageRef()}`) };
  await expect(takeImage(archive(foreign))).rejects.toMatchObject(refused);
  await expect(takeImage(archive(imageRef(), foreign))).rejects.toMatchObject(refused);
});

it('a file that is no image archive is refused', async () => {
  const file = join(folder, 'image.tar');
  writeFileSync(file, 'nothing');
  await expect(takeImage(file)).rejects.toMatchObject({ code: 'image_missing' });
});
