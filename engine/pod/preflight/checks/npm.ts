import { missing, ok } from '../check.ts';
import type { Check } from '../check.ts';
import { findProgram, versionOf } from '../programs.ts';

/** npm brings Node, the packages, and the Node of the scanner image. */
export const npm: Check = {
  id: 'npm',
  title: 'npm',
  async run() {
    const program = findProgram('npm');
    const version = program === null ? null : await versionOf(program);
    if (program === null || version === null) return missing('npm was not found.', 'sudo apt-get install -y npm');
    return ok(`${version} at ${program}.`);
  },
};
