import { podmanHost, runCommand } from '../../../engine/pod/host/index.ts';

const ASK_MS = 20_000;

/** Runs `podman <args>` as the engine does and gives the lines that it printed. */
export async function askPodman(...args: string[]): Promise<string[]> {
  const host = await podmanHost();
  const { stdout } = await runCommand(host.command(args), { timeoutMs: ASK_MS });
  return stdout.split('\n').filter(Boolean).toSorted();
}

/** The arguments that limit a list to what bears an engine's label. */
export const labelled = (engineId: string): string[] => ['--filter', `label=io.stageflow.engine=${engineId}`];

/** Volumes that nobody named; no container of ours may have one. */
export async function anonymousVolumes(): Promise<string[]> {
  return (await askPodman('volume', 'ls', '--quiet')).filter((name) => /^[0-9a-f]{64}$/.test(name));
}
