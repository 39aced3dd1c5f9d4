import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPodmanRuntime, type PodRuntime } from '../../../engine/pod/index.ts';
import { podmanHost } from '../../../engine/pod/host/index.ts';
import { ensureImage } from '../../../engine/pod/image/index.ts';
import { zip, type Part } from '../../security/archives/zip-writer.ts';
import { handlersOf } from '../pod/pair.ts';
import { planFor, program } from '../pod/programs.ts';
import { engineWith } from './assignment.ts';
import type { ContainerMessage } from '../../../engine/scanner/index.ts';

const ENGINE = `extractortest${process.pid}`;
const PORT = 8080;
let image: string;
let runtime: PodRuntime;

/** A neighbour in the pod that asks the extractor's port and tells what came. */
const NEIGHBOUR = `
  const answer = await fetch('http://127.0.0.1:${PORT}/assets/3/file-49999.txt');
  const reason = JSON.stringify([answer.status, await answer.text()]);
  await engine.send({ type: 'fatal', code: 'internal', reason }); await engine.close(); endProcess(0);`;

beforeAll(async () => {
  const host = await podmanHost();
  image = await ensureImage(host, () => undefined);
  runtime = createPodmanRuntime({ host, engineId: ENGINE, programs: { runner: program(NEIGHBOUR) } });
});
afterAll(async () => expect(await runtime.reap(() => false)).toBe(0));

test('Z6 in a locked pod 50,000 entries are served to the neighbour alone', async () => {
  const entries = Array.from(
    { length: 49_998 },
    (_, index): Part => ({ name: `assets/${(index + 2) % 4}/file-${index + 2}.txt`, data: 'x' }),
  );
  const archive = zip([{ name: 'index.html', data: '<title>x</title>' }, ...entries, { name: 'z/', data: '' }]);
  const pod = await runtime.create(planFor(ENGINE, image, { source: 'zip', unpackedBytes: 64 * 2 ** 20 }));
  try {
    const { handlers, said } = engineWith(archive, { directory: '/tmp/site', port: PORT });
    const extractor = await pod.start('extractor', handlers);
    expect(await said).toMatchObject({ type: 'extractor.ready', port: PORT, site: { files: 49_999 } });
    const heard = new Promise<ContainerMessage>((resolve) => {
      const message = async (message: ContainerMessage) => (resolve(message), { skip: false });
      void pod.start('runner', handlersOf({ message }));
    });
    expect(await heard).toMatchObject({ reason: '[200,"x"]' });
    await extractor.kill();
  } finally {
    await pod.remove();
  }
});

test('Z4 in a locked pod a bomb is refused and the container ends', async () => {
  const bomb = zip([
    { name: 'a', data: Buffer.alloc(1 << 20) },
    { name: 'b', only: 'central', central: { offset: 0 } },
  ]);
  const pod = await runtime.create(planFor(ENGINE, image, { source: 'zip' }));
  try {
    const { handlers, said } = engineWith(bomb, { directory: '/tmp/site', port: PORT });
    const extractor = await pod.start('extractor', handlers);
    expect(await said).toMatchObject({ type: 'extractor.refused', code: 'zip_overlap' });
    expect(await extractor.exited).toMatchObject({ exitCode: 0 });
  } finally {
    await pod.remove();
  }
});
