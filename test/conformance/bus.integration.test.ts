import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type Bus, connectJetStreamBus, startNatsServer } from '../../engine/bus/index.ts';
import { rawClient } from '../../engine/bus/test/raw-client.ts';
import { ORCHESTRATOR_DURABLES } from '../../engine/event/index.ts';
import { silentLog, systemClock } from '../../engine/kernel/index.ts';
import { type Broker, busSuite } from './bus-suite.ts';
import { createdEvent } from './events.ts';
import { natsBinary } from './nats-binary.ts';

const ACK_WAIT = 500;

it('N4 delivers once to a reader that blocks the engine’s own thread for twice ack_wait, while another engine waits for work', async () => {
  const ackWait = 3_000;
  const directory = mkdtempSync(join(tmpdir(), 'stageflow-bus-'));
  const server = await startNatsServer({ binary: natsBinary(), directory, clock: systemClock, log: silentLog });
  const open = async (node: string) => {
    const bus = await connectJetStreamBus({
      url: server.url,
      token: server.token,
      node,
      engineId: node,
      clock: systemClock,
      log: silentLog,
      ackWait,
      onPoison: async () => {},
    });
    await bus.prepare();
    return bus;
  };
  const buses = [await open('main'), await open('other')];
  onTestFinished(async () => {
    for (const bus of buses) await bus.close();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const created = ORCHESTRATOR_DURABLES[0] as (typeof ORCHESTRATOR_DURABLES)[number];
  const read: string[] = [];
  for (const bus of buses) {
    await bus.consume(created, async ({ jobId }, { deliveryCount }) => {
      read.push(`${jobId} ${deliveryCount}`);
      if (jobId !== 'blocks') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * ackWait);
      // Whatever came again meanwhile is read before this one is acked.
      await systemClock.sleep(500);
    });
  }
  await buses[0]?.publish(createdEvent('blocks'));
  await expect.poll(() => read, { timeout: 20_000 }).toContain('blocks 1');
  await buses[0]?.publish(createdEvent('next'));
  await expect.poll(() => read, { timeout: 20_000 }).toContain('next 1');
  expect(read).toEqual(['blocks 1', 'next 1']);
}, 60_000);

busSuite('jetstream', async (): Promise<Broker> => {
  const directory = mkdtempSync(join(tmpdir(), 'stageflow-bus-'));
  const server = await startNatsServer({ binary: natsBinary(), directory, clock: systemClock, log: silentLog });
  const raw = await rawClient(server);
  const buses: Bus[] = [];
  return {
    ackWait: ACK_WAIT,
    async connect({ node = 'main', engineId = 'e1', onPoison = async () => {}, onStreamsMade = () => {} } = {}) {
      const bus = await connectJetStreamBus({
        url: server.url,
        token: server.token,
        node,
        engineId,
        clock: systemClock,
        log: silentLog,
        ackWait: ACK_WAIT,
        retryDelays: [5, 10],
        onPoison,
        onStreamsMade,
      });
      buses.push(bus);
      return bus;
    },
    publishRaw: raw.publish,
    topology: raw.topology,
    pending: raw.pending,
    loseStream: raw.removeStream,
    async end() {
      for (const bus of buses) await bus.close();
      await raw.close();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
});
