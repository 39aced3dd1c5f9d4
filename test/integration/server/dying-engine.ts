/** A process that takes archives in and is killed before it makes their jobs; its arguments are the folder and three ids. */
import { join } from 'node:path';
import { FileStore } from '../../../engine/artifact/index.ts';
import { nextState } from '../../../engine/fsm/index.ts';
import { silentLog, systemClock } from '../../../engine/kernel/index.ts';
import { openLedger } from '../../../engine/ledger/index.ts';
import { openIntakes } from '../../../engine/run/intakes.ts';

const [folder = '', whole = '', half = '', announced = ''] = process.argv.slice(2);
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
await stage(half, brokenOff(), false);
