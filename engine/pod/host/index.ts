/**
 * Host: which user and which environment Podman runs with, so that pods are rootless always.
 * Enters: the process's uid, environment and what the machine has. Leaves: ready command lines for `podman`, and the facts a report states.
 * Called by engine/pod (runtime, image, preflight). It must never install anything, never read or change a person's own Podman
 * settings or storage, and never hand our environment on.
 */
export { cacheFolder, repositoryFolder, stateFolders } from './folders.ts';
export type { StateFolders } from './folders.ts';
export { readIdentity, readPrincipal } from './engine-user.ts';
export { ENGINE_USER, createUserCommands, subIdCommands } from './identity.ts';
export type { Identity, Principal } from './identity.ts';
export { runCommand, runOk, runPiped } from './run-command.ts';
export { runMended } from './mend.ts';
export type { CommandLine, CommandResult } from './run-command.ts';
export { podmanHost } from './podman-host.ts';
export type { PodmanHost } from './podman-host.ts';
export { withLock } from './lock.ts';
