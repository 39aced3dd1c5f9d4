import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { realPodman } from '../pod/real-podman.ts';

test('two containers of one pod without network talk over their stdio and their loopback, and both end when the engine is killed', async () => {
  const engineId = `proof${process.pid}`;
  const podman = await realPodman(engineId);
  const engine = spawn(process.execPath, [path.join(import.meta.dirname, 'engine-of-two.ts'), engineId], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    engine.kill('SIGKILL');
  });
  const [said] = (await once(engine.stdout, 'data')) as [Buffer];
  expect(said.toString().trim()).toBe('the runner read: served over the loopback');
  const running = async () => (await podman.containers(engineId)).filter((name) => !name.endsWith('-infra'));
  expect(await running()).toHaveLength(2);
  engine.kill('SIGKILL');
  await expect.poll(running, { timeout: 15_000, interval: 300 }).toEqual([]);
  expect(await podman.runtime().reap(() => false)).toBe(1);
  expect(await podman.pods(engineId)).toEqual([]);
});
