/**
 * Channel: the container's side of HTTP/2 over its own stdin and stdout.
 * Enters: the two descriptors the process was started with. Leaves: a typed way to the engine (assignment, work, artifacts, tunnels).
 * Called by extractor/main and runner/main, before anything else is imported that might print.
 * It must never let another writer reach the channel's descriptors, and never outlive the engine.
 */
export { ARTIFACT_BYTES, EngineRefusal, fatalError, isStoreAway, openEngineChannel } from './client.ts';
export type { EngineChannel } from './client.ts';
export { connectEngine, endProcess } from './connect.ts';
export type { TunnelAnswer } from './tunnel.ts';
