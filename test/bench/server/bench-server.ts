/** The server under measurement, in a process of its own so that its clients cost it nothing: told what to do by its parent. */
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { scriptedJob } from '../../integration/server/stream-jobs.ts';
import { specOf } from '../../conformance/events.ts';
import type { Order, Seen } from './orders.ts';
import { startWorld } from './world.ts';

const world = await startWorld();
const { engine, ledger } = world;
let peak = 0;
let watch: NodeJS.Timeout | null = null;

const mib = (bytes: number) => bytes / 2 ** 20;
const secondsOf = async (work: () => Promise<unknown>) => {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
};
/** Does `count` things, `width` at a time. */
const inFlight = async (count: number, width: number, one: (n: number) => Promise<unknown>) => {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      next += 1;
      await one(next);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
};

async function publish(perSecond: number, seconds: number): Promise<number> {
  const job = scriptedJob(ledger, 'bench');
  for (let n = 0; n < perSecond * seconds; n += 1) {
    job.visit(n);
    await new Promise((resolve) => setTimeout(resolve, 1000 / perSecond));
  }
  return perSecond * seconds;
}

async function rawAcks(count: number, width: number): Promise<number> {
  const connection = await connect({ servers: world.nats.url, token: world.nats.token });
  const manager = await jetstreamManager(connection);
  const name = `bench-${width}`;
  await manager.streams.add({ name, subjects: [`bench.${width}`] });
  const js = jetstream(connection);
  // As large as a middling event of ours.
  const body = 'x'.repeat(600);
  const seconds = await secondsOf(() =>
    inFlight(count, width, (n) => js.publish(`bench.${width}`, body, { msgID: String(n) })),
  );
  await manager.streams.delete(name);
  await connection.close();
  return count / seconds;
}

async function lifecycles(jobs: number, width: number): Promise<{ jobs: number; events: number }> {
  const before = ledger.positions().newest;
  const spec = { ...specOf('urls'), modules: [{ id: 'seo', options: {} }] };
  const seconds = await secondsOf(async () => {
    await inFlight(jobs, width, async () => {
      const { state, failureCode } = await engine.ended(engine.submit({ spec, owner: 'bench' }));
      if (state !== 'DONE') throw new Error(`a job ended ${state} (${failureCode})`);
    });
    while (ledger.outbox(1).length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  });
  return { jobs: jobs / seconds, events: (ledger.positions().newest - before) / seconds };
}

async function obey(order: Order): Promise<Seen> {
  switch (order.do) {
    case 'publish':
      return { figure: await publish(order.perSecond, order.seconds), other: 0 };
    case 'memory':
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 300));
      globalThis.gc?.();
      return { figure: mib(process.memoryUsage().rss), other: mib(process.memoryUsage().heapUsed) };
    case 'watch':
      peak = 0;
      watch = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage.rss());
      }, 10);
      return { figure: 0, other: 0 };
    case 'peak':
      if (watch) clearInterval(watch);
      return { figure: mib(peak), other: 0 };
    case 'raw':
      return { figure: await rawAcks(order.count, order.width), other: 0 };
    case 'lifecycles': {
      const { jobs, events } = await lifecycles(order.jobs, order.width);
      return { figure: jobs, other: events };
    }
    case 'end':
      await world.close();
      return { figure: 0, other: 0 };
  }
}

process.on('message', (order: Order) => {
  obey(order).then(
    (seen) => process.send?.({ seen }, () => (order.do === 'end' ? process.disconnect() : undefined)),
    (error: unknown) => process.send?.({ failed: error instanceof Error ? error.message : String(error) }),
  );
});
process.send?.({ ready: { port: world.port, token: world.token } });
