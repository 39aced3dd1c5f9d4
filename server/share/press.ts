import { Worker } from 'node:worker_threads';
import { StageflowError } from '@stageflow/engine/kernel';
import type { ReadArtifact } from '@stageflow/engine/report';
import { type MadePage, makePage, type PageOrder } from './make-page.ts';

/** What the thread says: that it needs an object of the job, or what it has made. */
export type PageWord =
  | { readonly kind: 'read'; readonly id: number; readonly key: string }
  | { readonly kind: 'made'; readonly made: MadePage | null };
/** The object that it asked for, or null when it is gone. */
export interface ReadAnswer {
  readonly id: number;
  readonly bytes: Uint8Array | null;
}

/** Makes pages. */
export type Press = (order: PageOrder, readArtifact: ReadArtifact) => Promise<MadePage | null>;

/** Bytes of a report that are rendered beside everything else; a larger one would hold every other request up. */
export const SMALL_REPORT = 2 ** 19;
/** Memory of the thread: a report that needs more is refused, and the server lives on. */
const THREAD_MIB = 2048;

/** Small reports are rendered at once, large ones in a thread, one after the other, so that any number of links costs one rendering's memory. */
export function createPress(): Press {
  let last: Promise<unknown> = Promise.resolve();
  return (order, readArtifact) => {
    if (order.report.length <= SMALL_REPORT) return makePage(order, readArtifact);
    const turn = last.then(() => inThread(order, readArtifact));
    last = turn.catch(() => {});
    return turn;
  };
}

function inThread(order: PageOrder, readArtifact: ReadArtifact): Promise<MadePage | null> {
  const worker = new Worker(new URL('./page-thread.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MIB },
  });
  return new Promise((resolve, reject) => {
    worker.on('message', (word: PageWord) => {
      if (word.kind === 'made') return resolve(word.made);
      void readArtifact(word.key)
        .catch(() => null)
        .then((bytes) => worker.postMessage({ id: word.id, bytes } satisfies ReadAnswer));
    });
    worker.on('error', (cause) =>
      reject(new StageflowError('internal', { reason: 'a shared report could not be rendered' }, { cause })),
    );
    worker.on('exit', () => reject(new StageflowError('internal', { reason: 'the rendering of a share ended early' })));
  });
}
