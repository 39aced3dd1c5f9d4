import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, connectJetStreamBus, startNatsServer } from '../../engine/bus/index.ts';
import { rawClient } from '../../engine/bus/test/raw-client.ts';
import { silentLog, systemClock } from '../../engine/kernel/index.ts';
import { type Broker, busSuite } from './bus-suite.ts';
import { natsBinary } from './nats-binary.ts';

const ACK_WAIT = 500;

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
