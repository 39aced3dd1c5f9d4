import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createProcessRuntime, type RunningPod } from '../../../engine/pod/index.ts';
import { zip } from '../../security/archives/zip-writer.ts';
import { planFor } from '../pod/programs.ts';
import { engineWith } from './assignment.ts';

let folder: string;
let pod: RunningPod;
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'extractor-'));
  pod = await createProcessRuntime({ engineId: 'e1', folder }).create(planFor('e1', 'none', { source: 'zip' }));
});
afterEach(async () => {
  await pod.remove();
  expect(readdirSync(folder), 'temporary folders left behind').toEqual([]);
  rmSync(folder, { recursive: true });
});

const build = zip([
  { name: 'dist/index.html', data: '<!doctype html><title>home</title>' },
  { name: 'dist/_headers', data: '/*\n  X-Frame-Options: DENY\n' },
]);

test('the extractor takes an archive over the channel, serves it, beats, and ends with its pod', async () => {
  const { handlers, said, heartbeat } = engineWith(build);
  const container = await pod.start('extractor', handlers);
  const message = await said;
  if (message.type !== 'extractor.ready') throw new Error(JSON.stringify(message));
  expect(message.site).toMatchObject({
    root: 'dist',
    entry: '/',
    pages: ['/'],
    declaredFor: 'Netlify or Cloudflare Pages',
  });
  const answer = await fetch(`http://127.0.0.1:${message.port}/`);
  expect([answer.status, answer.headers.get('x-frame-options'), await answer.text()]).toEqual([
    200,
    'DENY',
    '<!doctype html><title>home</title>',
  ]);
  await heartbeat;
  await container.kill();
  expect(await container.exited).toMatchObject({ asked: true });
  await expect(fetch(`http://127.0.0.1:${message.port}/`)).rejects.toThrow('fetch failed');
});

test('a refused archive is said with code, entry and reason, and the extractor ends in good order', async () => {
  const { handlers, said } = engineWith(
    zip([
      { name: 'index.html', data: 'x' },
      { name: '../evil', data: 'x' },
    ]),
  );
  const container = await pod.start('extractor', handlers);
  expect(await said).toEqual({
    type: 'extractor.refused',
    code: 'zip_path',
    entry: '../evil',
    reason: 'it climbs out of its folder',
  });
  expect(await container.exited).toMatchObject({ exitCode: 0, asked: false });
});

test('Z21 bytes that are not those of the assignment are refused', async () => {
  const { handlers, said } = engineWith(build, { sha256: '0'.repeat(64) });
  await pod.start('extractor', handlers);
  expect(await said).toMatchObject({ type: 'extractor.refused', code: 'zip_mismatch' });
});

/** Archives in archives, ten deep around one that opening would refuse: its two entries share their bytes. */
function nested(): Buffer {
  const bomb = zip([
    { name: 'evil.html', data: Buffer.alloc(1 << 20) },
    { name: 'again', only: 'central', central: { offset: 0 } },
  ]);
  let packed = bomb;
  for (let level = 0; level < 10; level += 1)
    packed = zip([
      { name: 'index.html', data: `level ${level}` },
      { name: 'inner.zip', data: packed },
    ]);
  return packed;
}

test('Z5 an archive within the archive stays packed: served byte for byte as a file, never opened', async () => {
  const inner = nested();
  const files = { 'index.html': 'outer', 'inner.zip': inner, 'downloads/page.html.zip': inner };
  const { handlers, said } = engineWith(zip(Object.entries(files).map(([name, data]) => ({ name, data }))));
  const container = await pod.start('extractor', handlers);
  const message = await said;
  if (message.type !== 'extractor.ready') throw new Error(JSON.stringify(message));
  const unpacked = Object.values(files).reduce((sum, data) => sum + data.length, 0);
  expect(message.site).toMatchObject({ files: 3, bytes: unpacked, pages: ['/'] });
  const ask = (path: string) => fetch(`http://127.0.0.1:${message.port}/${path}`);
  for (const path of ['inner.zip', 'downloads/page.html.zip']) {
    const answer = await ask(path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
    expect(Buffer.from(await answer.arrayBuffer()).equals(inner)).toBe(true);
  }
  for (const path of ['inner.zip/index.html', 'inner/index.html', 'evil.html', 'downloads/page.html'])
    expect([path, (await ask(path)).status]).toEqual([path, 404]);
  await container.kill();
});

test('a job without an archive is a coded failure of the container, not a hang', async () => {
  const { handlers, said } = engineWith(build);
  const container = await pod.start('extractor', { ...handlers, input: async () => null });
  expect(await said).toMatchObject({ type: 'fatal', code: 'internal' });
  expect(await container.exited).toMatchObject({ exitCode: 1 });
});
