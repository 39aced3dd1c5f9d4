/**
 * Scanner: what a scanner is, what it may say, and how a container speaks with the engine.
 * Enters: manifests and findings. Leaves: schemas, types, the sdk. Called by pod, aggregate, scanners, runner.
 * It must never start, load or fetch anything but a manifest file (see discover).
 */
export * from './drawing.ts';
export * from './explore.ts';
export * from './finding.ts';
export * from './manifest.ts';
export * from './options.ts';
export * from './plan.ts';
export * from './protocol.ts';
export * from './sdk.ts';
