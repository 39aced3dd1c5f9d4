import { createHash } from 'node:crypto';
import { duplexPair } from 'node:stream';
import { serveChannel } from '../../../engine/pod/channel/index.ts';
import type { Channel, ChannelEnd } from '../../../engine/pod/channel/index.ts';
import type { ChannelHandlers } from '../../../engine/pod/index.ts';
import { openEngineChannel } from '../../../scanners/runtime/channel/index.ts';
import type { EngineChannel } from '../../../scanners/runtime/channel/index.ts';

/** Handlers that fail loudly for whatever a test did not expect to be asked. */
export function handlersOf(some: Partial<ChannelHandlers>): ChannelHandlers {
  const unexpected = (name: string) => () => Promise.reject(new Error(`${name} was not expected`));
  return {
    assignment: unexpected('assignment'),
    input: unexpected('input'),
    message: unexpected('message'),
    next: unexpected('next'),
    putArtifact: unexpected('putArtifact'),
    getArtifact: unexpected('getArtifact'),
    dial: unexpected('dial'),
    ...some,
  };
}

/** A store in memory that keeps only what arrived whole. */
export function memoryStore(): { objects: Map<string, Buffer>; put: ChannelHandlers['putArtifact'] } {
  const objects = new Map<string, Buffer>();
  return {
    objects,
    put: async (path, _sha256, body) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      objects.set(path, bytes);
      return { key: `job/${path}`, sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length };
    },
  };
}

export interface Pair {
  readonly container: EngineChannel;
  readonly engine: Channel;
  readonly ends: ChannelEnd[];
  /** Bytes that the job may still store. */
  readonly budget: { left: number };
}

/** Both ends of a channel in one process, joined in memory. */
export function openPair(handlers: Partial<ChannelHandlers>, more: { pollMs?: number; budget?: number } = {}): Pair {
  const [near, far] = duplexPair();
  const ends: ChannelEnd[] = [];
  const budget = { left: more.budget ?? 2 ** 30 };
  const engine = serveChannel(near, {
    handlers: handlersOf(handlers),
    budget,
    end: (reason) => ends.push(reason),
    ...(more.pollMs === undefined ? {} : { pollMs: more.pollMs }),
  });
  return { container: openEngineChannel(far), engine, ends, budget };
}
