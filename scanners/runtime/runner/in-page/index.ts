/**
 * In-page: functions whose text is sent into the page's isolated world, so each stands alone and sees nothing of this module.
 * Enters: plain arguments. Leaves: plain JSON, capped. Called through `Tab.inside`.
 * They must never change the document.
 */
export { documentQuiet } from './document-quiet.ts';
export { hasLoaded } from './has-loaded.ts';
export { locate, type Located } from './locate.ts';
export { type Snapshot, type SnapshotLimits, snapshot } from './snapshot.ts';
