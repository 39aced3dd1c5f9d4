import { createPodmanRuntime } from '../../../engine/pod/index.ts';
import type { PodRuntime, PodmanRuntimeOptions } from '../../../engine/pod/index.ts';
import { podmanHost, runCommand } from '../../../engine/pod/host/index.ts';
import type { PodmanHost } from '../../../engine/pod/host/index.ts';
import { ensureImage } from '../../../engine/pod/image/index.ts';

/** This machine's Podman and the real image, as a test needs them. */
export interface RealPodman {
  readonly host: PodmanHost;
  readonly image: string;
  runtime(programs?: PodmanRuntimeOptions['programs'], engineId?: string): PodRuntime;
  /** Runs `podman <args>` and gives what it printed. */
  ask(...args: string[]): Promise<string>;
  /** Names of the running or ended containers that bear an engine's label. */
  containers(engineId: string): Promise<string[]>;
  /** Names of the pods that bear an engine's label. */
  pods(engineId: string): Promise<string[]>;
}

/** Opens Podman for a test; `engine` labels what the test makes, so that tests of others running beside do not count. */
export async function realPodman(engine: string): Promise<RealPodman> {
  const host = await podmanHost();
  const image = await ensureImage(host, () => undefined);
  const ask = async (...args: string[]) => (await runCommand(host.command(args), { timeoutMs: 30_000 })).stdout;
  const names = (text: string) => text.split('\n').filter(Boolean).sort();
  const label = (engineId: string) => ['--filter', `label=io.stageflow.engine=${engineId}`];
  return {
    host,
    image,
    ask,
    runtime: (programs, engineId = engine) =>
      createPodmanRuntime({ host, engineId, ...(programs ? { programs } : {}) }),
    containers: async (engineId) => names(await ask('ps', '--all', '--format', '{{.Names}}', ...label(engineId))),
    pods: async (engineId) => names(await ask('pod', 'ps', '--format', '{{.Name}}', ...label(engineId))),
  };
}
