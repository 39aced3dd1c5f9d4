import { parentPort, workerData } from 'node:worker_threads';
import { makePage, type PageOrder } from './make-page.ts';
import type { PageWord, ReadAnswer } from './press.ts';

const waiting = new Map<number, (bytes: Uint8Array | null) => void>();
let asked = 0;
const say = (word: PageWord, transfer: ArrayBuffer[] = []) => parentPort?.postMessage(word, transfer);

parentPort?.on('message', ({ id, bytes }: ReadAnswer) => {
  waiting.get(id)?.(bytes);
  waiting.delete(id);
});
const made = await makePage(workerData as PageOrder, (key) => {
  asked += 1;
  const id = asked;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    say({ kind: 'read', id, key });
  });
});
say({ kind: 'made', made }, made === null ? [] : [made.before.buffer, made.after.buffer]);
parentPort?.close();
