/**
 * Preflight: is the machine ready, and if not, what makes it so.
 * Enters: the machine. Leaves: one row per part for `doctor`, and a machine on which a scan can start.
 * Called by the command line and engine/run. It must never install anything that it has not named first, and nothing at all when
 * STAGEFLOW_NO_INSTALL is set.
 */
export type { Check, CheckResult, CheckStatus } from './check.ts';
export { CHECKS, runChecks } from './checks.ts';
export type { CheckRow } from './checks.ts';
export { bringNatsServer, findNatsServer } from './nats-server.ts';
export type { FoundNatsServer } from './nats-server.ts';
export { bringObjectStore, findObjectStore, objectStoreMissing } from './object-store.ts';
export type { ObjectStoreKind } from './object-store.ts';
export { linuxNode, packagedParts, readRecipe, saveImage, takeImage } from '../image/index.ts';
export { prepareMachine } from './prepare-machine.ts';
export type { PreparedMachine } from './prepare-machine.ts';
