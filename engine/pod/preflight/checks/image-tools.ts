import { missing, ok, skipped } from '../check.ts';
import type { Check } from '../check.ts';
import { findProgram } from '../programs.ts';

/** What makes the scanner image's base where no container registry answers. */
export const imageTools: Check = {
  id: 'image-tools',
  title: 'Base system tool',
  run() {
    if (process.platform !== 'linux') return skipped('The base comes from a registry here.');
    const program = findProgram('mmdebstrap') ?? (process.getuid?.() === 0 ? findProgram('debootstrap') : null);
    return program === null
      ? missing(
          'mmdebstrap was not found; it is needed where no container registry answers.',
          'sudo apt-get install -y mmdebstrap',
        )
      : ok(`${program}.`);
  },
};
