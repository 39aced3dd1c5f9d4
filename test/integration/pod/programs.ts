import type { PodPlan } from '../../../engine/pod/index.ts';
import { planPod } from '../../../engine/pod/index.ts';

/** Source of a container's program for `node -e`; `engine` is its open channel. `root` is where the project's sources lie. */
export function program(body: string, root = '/app'): readonly string[] {
  const source = `
    import { connectEngine, endProcess } from '${root}/scanners/runtime/channel/index.ts';
    const engine = connectEngine();
    ${body}`;
  return ['--input-type=module', '--eval', source];
}

let count = 0;

/** A plan for a pod of its own, with small limits. */
export function planFor(engineId: string, image: string, more: Partial<Parameters<typeof planPod>[0]> = {}): PodPlan {
  count += 1;
  return planPod({
    jobId: `test${process.pid}x${count}`,
    attempt: 1,
    engineId,
    image,
    source: 'urls',
    memoryMiB: 1024,
    cpus: 1,
    unpackedBytes: 2 ** 20,
    ...more,
  });
}
