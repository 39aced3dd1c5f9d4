import { expect, it } from 'vitest';
import { silentLog, systemClock } from '../kernel/index.ts';
import { keepReading, type Pull, type ReadingParts } from './keep-reading.ts';

type Status = ReturnType<Pull['status']> extends AsyncIterable<infer One> ? One : never;

/** A pull that tells what it is given and ends when it is stopped. */
function pullThatTells(...told: Status[]): Pull {
  const closed = Promise.withResolvers<void>();
  return {
    status: () =>
      (async function* () {
        yield* told;
      })(),
    closed: () => closed.promise,
    stop: () => closed.resolve(),
  };
}

const GONE: Status = { type: 'consumer_deleted', code: 409, description: 'consumer deleted' };

function parts(more: Partial<ReadingParts> = {}) {
  const did: string[] = [];
  const ending = new AbortController();
  const all: ReadingParts = {
    declare: async () => void did.push('declare'),
    open: async () => {
      did.push('open');
      ending.abort();
      return pullThatTells(GONE);
    },
    ended: ending.signal,
    lost: () => false,
    clock: { ...systemClock, sleep: async () => void did.push('wait') },
    log: silentLog,
    ...more,
  };
  return { all, did, ending };
}

it('declares what is missing and reads on when its durable is gone', async () => {
  const { all, did } = parts();
  await keepReading(pullThatTells(GONE), all);
  expect(did).toEqual(['declare', 'open']);
});

it('declares again on every try until the server allows it: a lost stream is refused while it is still going', async () => {
  const { all, did } = parts();
  let refusals = 3;
  const declare = async () => {
    did.push('declare');
    if (refusals-- > 0) throw new Error('stream not found');
  };
  await keepReading(pullThatTells(GONE), { ...all, declare });
  expect(did).toEqual(['declare', 'wait', 'declare', 'wait', 'declare', 'wait', 'declare', 'open']);
});

it.each<[string, Status]>([
  ['its durable was not found', { type: 'consumer_not_found', name: 'd', stream: 's', count: 1 }],
  ['its stream was not found', { type: 'stream_not_found', name: 's' }],
  ['the server is silent for longer than twice its word', { type: 'heartbeats_missed', count: 2 }],
])('begins again when %s', async (_, status) => {
  const { all, did } = parts();
  await keepReading(pullThatTells(status), all);
  expect(did).toEqual(['declare', 'open']);
});

it('gives up when the connection is closed for good', async () => {
  const { all, did } = parts({ lost: () => true });
  const declare = () => Promise.reject(new Error('closed'));
  await keepReading(pullThatTells(GONE), { ...all, declare });
  expect(did).toEqual([]);
});
