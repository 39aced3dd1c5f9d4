/**
 * An engine that submits a job and stops itself (SIGSTOP) in the middle of it; woken, it goes on as if nothing had been. It says `woken` when it
 * is, and ends when it has nothing more to do with the job. Its arguments: the folder, the queue's address and token, the job's id, and where it freezes.
 */
import type { ArtifactStore } from '../../../engine/artifact/index.ts';
import type { Ledger } from '../../../engine/ledger/index.ts';
import { specOf } from '../../conformance/events.ts';
import { startOneEngine } from './one-engine.ts';

const [folder = '', url = '', token = '', jobId = '', place = ''] = process.argv.slice(2);

let frozen = false;
const freeze = () => {
  if (frozen) return;
  frozen = true;
  // What stands still in the middle of a transaction keeps everybody from the ledger: this one brings to disk what is open.
  one.ledger.setSetting('frozen-at', place);
  process.kill(process.pid, 'SIGSTOP');
  process.stdout.write('woken\n');
};

/** The store, which stands still when half of the first object of a kind has come. */
const freezingStore = (store: ArtifactStore, kind: RegExp): Pick<ArtifactStore, 'put' | 'get' | 'list'> => ({
  get: (...given) => store.get(...given),
  list: (...given) => store.list(...given),
  put: async (bucket, key, body, options) => {
    if (!kind.test(key)) return store.put(bucket, key, body, options);
    const chunks: Uint8Array[] = [];
    if (body instanceof Uint8Array) chunks.push(body);
    else for await (const chunk of body) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const halves = async function* () {
      yield bytes.subarray(0, 10);
      freeze();
      // What this engine stores is told from what the other one does.
      yield bytes.subarray(10);
      yield Buffer.from('\n');
    };
    return store.put(bucket, key, halves(), { ...options, expectSha256: undefined } as never);
  },
});
/** The ledger, which stands still with the message in hand that says that the scan is through. */
const freezingLedger = (ledger: Ledger): Ledger => ({
  ...ledger,
  receiveTogether: async (event) => {
    if (event.type === 'scan.events.completed') freeze();
    return ledger.receiveTogether(event);
  },
});

const one = await startOneEngine({
  folder,
  queue: { url, token },
  node: 'first',
  change: ({ ledger, store }) =>
    place === 'message'
      ? { ledger: freezingLedger(ledger) }
      : {
          store: Object.assign(
            Object.create(store) as ArtifactStore,
            freezingStore(store, place === 'cell' ? /\/seo\/cells\// : /\/report\.json$/),
          ),
        },
});
one.engine.submit({ id: jobId, spec: { ...specOf('urls'), modules: [{ id: 'seo', options: {} }] } });
await one.engine.ended(jobId);
await one.close();
process.exit(0);
