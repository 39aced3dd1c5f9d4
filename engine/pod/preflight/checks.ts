import type { Check, CheckResult } from './check.ts';
import { broken } from './check.ts';
import { catatonit } from './checks/catatonit.ts';
import { cgroup } from './checks/cgroup.ts';
import { disk } from './checks/disk.ts';
import { image } from './checks/image.ts';
import { imageTools } from './checks/image-tools.ts';
import { memory } from './checks/memory.ts';
import { natsServer } from './checks/nats-server.ts';
import { minio, versitygw } from './checks/object-store.ts';
import { node } from './checks/node.ts';
import { npm } from './checks/npm.ts';
import { platform } from './checks/platform.ts';
import { podman } from './checks/podman.ts';
import { runtime } from './checks/runtime.ts';
import { subIds } from './checks/subids.ts';
import { userNamespaces } from './checks/user-namespaces.ts';

/** Every check, in the order in which a person would mend them. */
export const CHECKS: readonly Check[] = [
  platform,
  node,
  npm,
  podman,
  subIds,
  catatonit,
  userNamespaces,
  runtime,
  cgroup,
  imageTools,
  image,
  natsServer,
  disk,
  memory,
  minio,
  versitygw,
];

/** A check's answer with its name. */
export interface CheckRow extends CheckResult {
  readonly id: string;
  readonly title: string;
}

/** Runs checks side by side; one that throws is a broken row, never a broken list. */
export function runChecks(checks: readonly Check[] = CHECKS): Promise<CheckRow[]> {
  return Promise.all(
    checks.map(async ({ id, title, run }) => {
      try {
        return { id, title, ...(await run()) };
      } catch (error) {
        return { id, title, ...broken(error instanceof Error ? error.message : String(error), null) };
      }
    }),
  );
}
