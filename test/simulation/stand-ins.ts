import type { ArtifactStore } from '../../engine/artifact/index.ts';
import type { EnginePorts } from '../../engine/run/ports.ts';
import { createRandom } from '../../engine/bus/index.ts';
import type { Clock } from '../../engine/kernel/index.ts';
import { Manifest } from '../../engine/scanner/index.ts';
import { createBuggify } from './buggify.ts';
import { createFakePods } from './fake-pods.ts';

/** Ports of an engine that reach nothing of the machine: no network, no login details, no lock that somebody else could hold, no image. */
export function standIns(): Pick<EnginePorts, 'egress' | 'robots' | 'secrets' | 'lock' | 'image' | 'surroundings'> {
  return {
    egress: () => ({
      dial: async () => ({ ok: false, status: 403, code: 'egress_denied', reason: 'there is no network here' }),
      records: () => [],
      close: () => {},
    }),
    robots: () => () => true,
    secrets: { put: () => {}, get: () => null, remove: () => {}, jobs: () => [] },
    lock: { tryAcquire: async () => true, release: () => {} },
    image: async () => 'image',
    surroundings: { testTrust: null, chromium: null },
  };
}

/** Pods of the simulation that never fail, of sites whose only page leads nowhere. */
export function calmPods(clock: Clock) {
  const random = createRandom(1);
  return createFakePods({
    clock,
    random,
    buggify: createBuggify(random, new Map()),
    failings: { crash: 0, freeze: 0, repeat: 0, refuse: 0, cellFails: 0 },
    finished: () => false,
    links: () => [],
  });
}

/** Stores an empty report, as any other is stored, and says that all is well; aggregation and rendering have tests of their own. */
export function emptyReport(store: Pick<ArtifactStore, 'put'>): EnginePorts['report'] {
  return async ({ id }) => {
    const stored = await store.put('scanner-artifacts', `${id}/report.json`, Buffer.from('{}'));
    const counts = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };
    const told = { verdict: 'complete', trustworthy: true, code: null, about: null, counts } as const;
    return { report: stored, html: stored, ...told };
  };
}

/** A page scanner that exists in simulation alone. */
export function simulatedScanner(id: string): Manifest {
  return Manifest.parse({
    id,
    title: id,
    summary: 'A scanner of the simulation.',
    version: '1.0.0',
    lane: 'page',
    site: false,
    defaultPages: 'all',
    defaultOn: true,
    timeoutSeconds: 60,
    costSeconds: 1,
    runtime: { kind: 'module' },
  });
}
