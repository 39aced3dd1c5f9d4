import { missing, ok, skipped } from '../check.ts';
import type { Check } from '../check.ts';
import { PODMAN_FOLDERS } from '../needs.ts';
import { findProgram } from '../programs.ts';

/** The first process of every container: it reaps children and passes signals on, and it is the pod's pause program. */
export const catatonit: Check = {
  id: 'catatonit',
  title: 'catatonit',
  run() {
    if (process.platform !== 'linux') return skipped('The podman machine has its own.');
    const program = findProgram('catatonit', PODMAN_FOLDERS);
    return program === null
      ? missing('catatonit was not found.', 'sudo apt-get install -y catatonit')
      : ok(`${program}.`);
  },
};
