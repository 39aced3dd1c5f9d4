import { z } from 'zod';
import { runCommand } from '../host/index.ts';
import type { PodmanHost } from '../host/index.ts';
import { IMAGE_NAME } from './recipe.ts';

const Listed = z.array(z.looseObject({ Names: z.array(z.string()).nullish(), Created: z.number().nullish() }));

/** Older images kept: another engine of the same user may be about to start one of them. */
const KEPT = 3;

/** Names of scanner images to remove, given podman's list: all but the current one and the newest few. */
export function superseded(listed: unknown, current: string): string[] {
  return Listed.parse(listed)
    .flatMap((image) => (image.Names ?? []).map((name) => ({ name, created: image.Created ?? 0 })))
    .filter(({ name }) => name.startsWith(`${IMAGE_NAME}:`) && name !== current)
    .sort((a, b) => b.created - a.created)
    .slice(KEPT)
    .map(({ name }) => name);
}

/** Removes superseded scanner images; one that a container still uses stays, and a failure here never fails a scan. */
export async function pruneImages(host: PodmanHost, current: string): Promise<void> {
  const listed = await runCommand(
    host.command(['images', '--format', 'json', '--filter', 'label=io.stageflow.image=scanner']),
    {
      timeoutMs: 30_000,
    },
  );
  if (listed.code !== 0) return;
  for (const name of superseded(JSON.parse(listed.stdout), current)) {
    await runCommand(host.command(['rmi', name]), { timeoutMs: 60_000 });
  }
}
