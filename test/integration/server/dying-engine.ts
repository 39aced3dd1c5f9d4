/** A process that takes archives and a job from elsewhere in and is killed before it makes their jobs; its arguments are the folder and four ids. */
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FileStore } from '../../../engine/artifact/index.ts';
import { nextState } from '../../../engine/fsm/index.ts';
import { silentLog, systemClock } from '../../../engine/kernel/index.ts';
import { openLedger } from '../../../engine/ledger/index.ts';
import { BUNDLE_FILES } from '../../../engine/run/bundle/format.ts';
import { importJob } from '../../../engine/run/bundle/read.ts';
import { type TarFile, writeTar } from '../../../engine/run/bundle/tar.ts';
import { openIntakes } from '../../../engine/run/intakes.ts';

const [folder = '', whole = '', half = '', announced = '', imported = ''] = process.argv.slice(2);
const ledger = openLedger({ path: join(folder, 'ledger.db'), clock: systemClock, nextState });
const store = new FileStore(join(folder, 'store'));
await store.prepare();
const intakes = openIntakes({ ledger, store, clock: systemClock, log: silentLog });

async function stage(jobId: string, body: AsyncIterable<Uint8Array>, isAnnounced: boolean): Promise<void> {
  const staging = intakes.staging(jobId, { announced: isAnnounced });
  await staging.put('scanner-staging', staging.key('site.zip'), body, { maxBytes: 1000 });
}

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('PK\x03\x04');
}

async function* brokenOff(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('PK\x03\x04');
  process.kill(process.pid, 'SIGKILL');
  await new Promise(() => {});
}

await stage(announced, bytes(), true);
await stage(whole, bytes(), false);

const inTheMiddle = Promise.withResolvers<void>();

async function* stalled(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('<!doctype html>');
  inTheMiddle.resolve();
  await new Promise(() => {});
}

/** A bundle that has brought two objects and a part of the third, and then brings nothing any more. */
async function* bundle(jobId: string): AsyncGenerator<TarFile> {
  const file = (name: string, text: string): TarFile => ({
    name,
    size: Buffer.byteLength(text),
    body: Readable.from([Buffer.from(text)]),
  });
  yield file(BUNDLE_FILES.job, JSON.stringify({ format: 'stageflow-job', version: 1, jobId, parent: null }));
  yield file(BUNDLE_FILES.events, '');
  yield file(`objects/scanner-artifacts/${jobId}/report.json`, '{}');
  yield file(`objects/scanner-staging/staging/${jobId}/site.zip`, 'PK');
  yield { name: `objects/scanner-artifacts/${jobId}/report.html`, size: 100, body: stalled() };
}

void importJob({ ledger, store, intakes }, writeTar(bundle(imported)), { owner: 'local' });
await inTheMiddle.promise;
await stage(half, brokenOff(), false);
