import { parentPort, workerData } from 'node:worker_threads';
import type { ReadArtifact } from '@stageflow/engine/report';
import type { ReadAnswer, ThreadWord, ThreadWork } from './press.ts';
import { WORKS, type WorkName, type Works } from './works.ts';

const waiting = new Map<number, (bytes: Uint8Array | null) => void>();
let asked = 0;
const say = (word: ThreadWord, transfer: ArrayBuffer[] = []) => parentPort?.postMessage(word, transfer);

parentPort?.on('message', ({ id, bytes }: ReadAnswer) => {
  waiting.get(id)?.(bytes);
  waiting.delete(id);
});
const readArtifact: ReadArtifact = (key) => {
  asked += 1;
  const id = asked;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    say({ kind: 'read', id, key });
  });
};

/** Bytes in what was made are handed over; all else is copied. */
function memoryOf(made: Works[WorkName]['made'] | null): ArrayBuffer[] {
  const parts = made instanceof Uint8Array ? [made] : Object.values(made ?? {});
  return parts.flatMap((part: unknown) =>
    part instanceof Uint8Array && part.buffer instanceof ArrayBuffer ? [part.buffer] : [],
  );
}

const { work, order, sources } = workerData as ThreadWork;
// The order is of the kind that its work takes.
const made = await WORKS[work](order as never, sources, readArtifact);
say({ kind: 'made', made }, memoryOf(made));
parentPort?.close();
