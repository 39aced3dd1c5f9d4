import os from 'node:os';
import { ENGINE_USER, createUserCommands, readPrincipal, subIdCommands } from '../../host/index.ts';
import { missing, ok, skipped } from '../check.ts';
import type { Check } from '../check.ts';
import { findProgram } from '../programs.ts';
import { asShell } from '../system-packages.ts';

/** Rootless containers have users of their own, which are subordinate ids of the account that runs them. */
export const subIds: Check = {
  id: 'subids',
  title: 'Subordinate user ids',
  run() {
    if (process.platform !== 'linux') return skipped('The podman machine has its own.');
    if (findProgram('newuidmap') === null) return missing('newuidmap was not found.', 'sudo apt-get install -y uidmap');
    const isRoot = process.getuid?.() === 0;
    const name = isRoot ? ENGINE_USER : os.userInfo().username;
    const account = readPrincipal(name);
    const commands = account === null || isRoot ? createUserCommands(account) : subIdCommands(account);
    if (commands.length === 0) return ok(`${account?.subUids} user ids and ${account?.subGids} group ids for ${name}.`);
    const fix = asShell(
      commands.map((command) => ({ what: name, command, root: true })),
      isRoot,
    );
    return missing(
      account === null ? `The account ${name}, which runs the pods, is not there yet.` : `${name} has too few.`,
      fix,
    );
  },
};
