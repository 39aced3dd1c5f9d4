import { ENGINE_USER, createUserCommands, readPrincipal, subIdCommands } from '../host/index.ts';
import { findBrowser } from './browser.ts';
import { findProgram } from './programs.ts';
import { installStep, packagesFor } from './system-packages.ts';
import type { ProgramsFound, SetupStep } from './system-packages.ts';
import { userInfo } from 'node:os';

/** Folders outside PATH where distributions keep Podman's own programs. */
export const PODMAN_FOLDERS = ['/usr/libexec/podman', '/usr/lib/podman'];

/** What this machine has of the programs that pods need. */
export function programsFound(isRoot: boolean): ProgramsFound {
  return {
    podman: findProgram('podman') !== null,
    runtime: findProgram('runc') !== null || findProgram('crun') !== null,
    newuidmap: findProgram('newuidmap') !== null && findProgram('newgidmap') !== null,
    catatonit: findProgram('catatonit', PODMAN_FOLDERS) !== null,
    bootstrap: findProgram('mmdebstrap') !== null || (isRoot && findProgram('debootstrap') !== null),
  };
}

/** Steps that this Linux machine still needs before a pod can start; empty when it is ready. Milliseconds; nothing is changed. */
export function podSteps(isRoot: boolean): SetupStep[] {
  const steps: SetupStep[] = [];
  const packages = packagesFor(programsFound(isRoot));
  if (packages.length > 0) steps.push(installStep(packages));
  const account = readPrincipal(isRoot ? ENGINE_USER : userInfo().username);
  const commands = isRoot ? createUserCommands(account) : account === null ? [] : subIdCommands(account);
  const what = isRoot ? `the account ${ENGINE_USER}, which runs the pods without root rights` : 'subordinate user ids';
  for (const command of commands) steps.push({ what, command, root: true });
  return steps;
}

/** Steps for `--isolation process`: only a browser. */
export function processSteps(): SetupStep[] {
  return findBrowser() === null ? [installStep(['chromium'])] : [];
}
