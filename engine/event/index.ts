/**
 * Event: the facts of a job's life, with a schema each.
 * Enters: nothing. Leaves: the closed union, states, the job's specification, subjects, upgrades.
 * Called by everyone right of it. It must never perform an effect.
 */
export * from './catalog.ts';
export * from './envelope.ts';
export * from './job-spec.ts';
export * from './named-objects.ts';
export * from './parse.ts';
export * from './states.ts';
export * from './subjects.ts';
export * from './upgrade.ts';
export * from './wire.ts';
