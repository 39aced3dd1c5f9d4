/**
 * Channel: the engine's end of HTTP/2 over a container's stdio.
 * Enters: a container's byte stream (hostile) and the handlers of a job. Leaves: checked calls of those handlers, answers to the container.
 * Called by engine/pod's runtimes. It must never pass on what has not been capped and parsed, and never trust a path, a hash or a length.
 */
export { serveChannel } from './serve.ts';
export type { Channel, ChannelEnd, ChannelOptions } from './serve.ts';
export type { ArtifactBudget } from './routes.ts';
