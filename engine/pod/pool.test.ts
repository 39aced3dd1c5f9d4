import { expect, it } from 'vitest';
import { silentLog, systemClock } from '../kernel/index.ts';
import { createPodPool } from './pool.ts';
import type { ChannelHandlers, PodRuntime } from './runtime.ts';

it('a warm runner may say that it lives before it has a job, and nothing else', async () => {
  const started = Promise.withResolvers<ChannelHandlers>();
  const runtime: PodRuntime = {
    kind: 'podman',
    reap: async () => 0,
    create: async () => ({
      id: 'p',
      name: 'p',
      notes: [],
      facts: {},
      start: async (role, handlers) => {
        started.resolve(handlers);
        return { role, exited: new Promise(() => {}), lastSeen: () => 0, kill: async () => {} };
      },
      remove: async () => {},
    }),
  };
  const browser = {
    device: 'desktop',
    viewport: { width: 1280, height: 800 },
    userAgent: null,
    locale: 'en-US',
    testTrust: null,
    chromium: null,
  } as const;
  const pool = createPodPool({
    runtime,
    engineId: 'e1',
    size: 1,
    image: async () => 'image',
    memoryMiB: 1024,
    cpus: 1,
    warmUp: { rehearse: true, scanners: [], browser },
    busy: async () => false,
    clock: systemClock,
    log: silentLog,
  });
  pool.fill();
  const handlers = await started.promise;
  expect(await handlers.message({ type: 'heartbeat' })).toEqual({ skip: false });
  await expect(handlers.message({ type: 'fatal', code: 'internal', reason: 'x' })).rejects.toMatchObject({
    code: 'bad_result',
  });
  await handlers.assignment();
  void handlers.assignment();
  await pool.drain();
});
