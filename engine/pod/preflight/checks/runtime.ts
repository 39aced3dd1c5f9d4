import { StageflowError } from '../../../kernel/index.ts';
import { podmanHost } from '../../host/index.ts';
import { broken, missing, ok } from '../check.ts';
import type { Check } from '../check.ts';
import { findProgram } from '../programs.ts';

/** A one-second container with the parts in use; remembered until Podman, its runtimes or the boot change. */
export const runtime: Check = {
  id: 'runtime',
  title: 'Rootless containers',
  async run() {
    if (findProgram('podman') === null) return missing('A container cannot be tried without Podman.', null);
    try {
      const host = await podmanHost();
      return ok(`A container ran with ${host.runtime} as ${host.user}; images are in ${host.folders.storage}.`);
    } catch (error) {
      if (!(error instanceof StageflowError)) throw error;
      const fix =
        error.code === 'podman_failed' ? 'sudo apt-get install -y runc uidmap catatonit fuse-overlayfs' : null;
      return broken(error.message, fix);
    }
  },
};
