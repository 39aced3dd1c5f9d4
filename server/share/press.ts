import { Worker } from 'node:worker_threads';
import { StageflowError } from '@stageflow/engine/kernel';
import type { ReadArtifact } from '@stageflow/engine/report';
import { type MadePage, makePage, type PageOrder } from './make-page.ts';
import { makePreview, type PreviewOrder, type SharePreview } from './preview.ts';

/** What a thread is begun for. */
export type ThreadWork =
  | { readonly kind: 'page'; readonly order: PageOrder }
  | { readonly kind: 'preview'; readonly order: PreviewOrder };
/** What the thread says: that it needs an object of the job, or what it has made. */
export type ThreadWord =
  | { readonly kind: 'read'; readonly id: number; readonly key: string }
  | { readonly kind: 'made'; readonly made: MadePage | SharePreview | null };
/** The object that it asked for, or null when it is gone. */
export interface ReadAnswer {
  readonly id: number;
  readonly bytes: Uint8Array | null;
}

/** Makes what needs a whole report; null when the report is of another contract or of another job. */
export interface Press {
  /** A page for strangers. */
  page(order: PageOrder, readArtifact: ReadArtifact): Promise<MadePage | null>;
  /** What such a page would show. */
  preview(order: PreviewOrder): Promise<SharePreview | null>;
}

/** Bytes of a report that are taken beside everything else; a larger one would hold every other request up. */
export const SMALL_REPORT = 2 ** 19;
/** Memory of the thread: a report that needs more is refused, and the server lives on. */
const THREAD_MIB = 2048;

/** Small reports are taken at once, large ones in a thread, one after the other, so that any number of them costs one's memory. */
export function createPress(): Press {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T extends MadePage | SharePreview>(work: ThreadWork, readArtifact: ReadArtifact) => {
    const turn = last.then(() => inThread<T>(work, readArtifact));
    last = turn.catch(() => {});
    return turn;
  };
  const small = ({ report }: { readonly report: Uint8Array }) => report.length <= SMALL_REPORT;
  return {
    page: async (order, readArtifact) =>
      small(order) ? makePage(order, readArtifact) : inTurn<MadePage>({ kind: 'page', order }, readArtifact),
    preview: async (order) =>
      small(order) ? makePreview(order) : inTurn<SharePreview>({ kind: 'preview', order }, async () => null),
  };
}

function inThread<T extends MadePage | SharePreview>(work: ThreadWork, readArtifact: ReadArtifact): Promise<T | null> {
  const worker = new Worker(new URL('./report-thread.ts', import.meta.url), {
    workerData: work,
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MIB },
  });
  return new Promise((resolve, reject) => {
    worker.on('message', (word: ThreadWord) => {
      // It makes what its work is of.
      if (word.kind === 'made') return resolve(word.made as T | null);
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
