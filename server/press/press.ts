import { Worker } from 'node:worker_threads';
import { StageflowError } from '@stageflow/engine/kernel';
import type { ReadArtifact } from '@stageflow/engine/report';
import { createTurns } from '../limits/turns.ts';
import type { Sources } from './stored-report.ts';
import { WORKS, type WorkName, type Works } from './works.ts';

/** What a thread is begun for. */
export interface ThreadWork {
  readonly work: WorkName;
  readonly order: unknown;
  readonly sources: readonly Uint8Array[];
}
/** What the thread says: that it needs an object of the job, or what it has made. */
export type ThreadWord =
  | { readonly kind: 'read'; readonly id: number; readonly key: string }
  | { readonly kind: 'made'; readonly made: Works[WorkName]['made'] | null };
/** The object that it asked for, or null when it is gone. */
export interface ReadAnswer {
  readonly id: number;
  readonly bytes: Uint8Array | null;
}

/** Who orders, and what from. */
export interface Ordered {
  /** Whose turn is used up: large works are done in turn between tenants. */
  readonly tenant: string;
  readonly sources: Sources;
  /** Reads further objects of the job; none unless told otherwise. */
  readonly readArtifact?: ReadArtifact;
}

/** Makes what needs whole reports, beside everything else that the server does. */
export interface Press {
  /** Null when a source is gone, of another contract or of another job. */
  make<W extends WorkName>(work: W, order: Works[W]['order'], by: Ordered): Promise<Works[W]['made'] | null>;
}

/** Bytes of sources that are taken beside everything else; more would hold every other request up. */
export const SMALL_REPORT = 2 ** 19;
/** Memory of the thread: a report that needs more is refused, and the server lives on. */
const THREAD_MIB = 2048;
/** Large works of one tenant that may wait. */
const MOST_WAITING = 8;

/**
 * Small works are done at once, large ones in a thread, one after the other, so that any number of them costs one's memory: what they are made
 * from is read when their turn has come.
 */
export function createPress(): Press {
  const turns = createTurns(MOST_WAITING);
  return {
    make: async (work, order, { tenant, sources: { size, read }, readArtifact = async () => null }) => {
      if (size > SMALL_REPORT) {
        return turns.take(tenant, async () => {
          const sources = await read();
          return sources && inThread({ work, order, sources }, readArtifact);
        });
      }
      const sources = await read();
      return sources && WORKS[work](order, sources, readArtifact);
    },
  };
}

/** Memory that can be handed over instead of copied: all of it, where it is nobody else's. */
function ownMemory(sources: readonly Uint8Array[]): ArrayBuffer[] {
  return sources.flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  );
}

function inThread<W extends WorkName>(
  workerData: ThreadWork & { readonly work: W },
  readArtifact: ReadArtifact,
): Promise<Works[W]['made'] | null> {
  const worker = new Worker(new URL('./press-thread.ts', import.meta.url), {
    workerData,
    transferList: ownMemory(workerData.sources),
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MIB },
  });
  return new Promise((resolve, reject) => {
    worker.on('message', (word: ThreadWord) => {
      // It makes what its work is of.
      if (word.kind === 'made') return resolve(word.made as Works[W]['made'] | null);
      void readArtifact(word.key)
        .catch(() => null)
        .then((bytes) => worker.postMessage({ id: word.id, bytes } satisfies ReadAnswer));
    });
    worker.on('error', (cause) =>
      reject(new StageflowError('internal', { reason: 'what a report is needed for could not be made' }, { cause })),
    );
    worker.on('exit', () => reject(new StageflowError('internal', { reason: 'a thread with a report ended early' })));
  });
}
