import { parentPort, workerData } from 'node:worker_threads';
import type { ReadArtifact } from '@stageflow/engine/report';
import { makePage } from './make-page.ts';
import type { ReadAnswer, ThreadWord, ThreadWork } from './press.ts';
import { makePreview } from './preview.ts';

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
const work = workerData as ThreadWork;
if (work.kind === 'preview') say({ kind: 'made', made: makePreview(work.order) });
else {
  const made = await makePage(work.order, readArtifact);
  say({ kind: 'made', made }, made === null ? [] : [made.before.buffer, made.after.buffer]);
}
parentPort?.close();
