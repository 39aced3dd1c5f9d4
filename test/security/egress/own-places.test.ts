import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { jobEgress } from '../../../engine/run/job-egress.ts';
import { systemClock } from '../../../engine/kernel/index.ts';
import type { DeliveryRow, WebhookRow } from '../../../engine/ledger/index.ts';
import { readConfig } from '../../../server/config-env.ts';
import { ownPlaces } from '../../../server/own-places.ts';
import { guardedSend } from '../../../server/webhook/send.ts';
import { specOf } from '../../conformance/events.ts';
import { listening, worldOf } from './world.ts';

/** A server as its environment describes it. */
const settings = (more: Record<string, string> = {}) =>
  readConfig({ STAGEFLOW_PUBLIC_URL: 'https://scan.example', STAGEFLOW_METRICS_PORT: '9464', ...more }, () => '')
    .config;
const STORE = { endpoint: 'http://127.0.0.1:9000', publicUrl: 'https://files.example' };

describe('E5 what the server keeps its jobs and webhooks from', () => {
  it.each([
    'scan.example:443',
    'files.example:443',
    '127.0.0.1:9000',
    'localhost:9000',
    '127.0.0.1:7070',
    'localhost:7070',
    '[::1]:7070',
    '127.0.0.1:9464',
    '203.0.114.7:443',
    'behind-nat.example:443',
  ])('E5 a job does not reach %s, whatever its owner named', async (target) => {
    const world = worldOf({
      names: {
        'scan.example': ['93.184.216.34'],
        'files.example': ['93.184.216.35'],
        'behind-nat.example': ['203.0.114.7'],
      },
    });
    const own = ownPlaces(settings({ STAGEFLOW_OWN_ADDRESSES: '203.0.114.7, 2606:4700::7' }), STORE, () => 7070);
    const spec = specOf('urls');
    // Behind NAT the address is a public one: it is refused as an address of this host, which a name of its own does not open.
    const allowHosts = /nat|^203/.test(target) ? [] : [target];
    const egress = jobEgress(
      { id: 'j', spec: { ...spec, egress: { ...spec.egress, allowHosts } }, site: null },
      own,
      world.ports,
    );
    expect(await egress.dial(target)).toMatchObject({ ok: false, status: 403 });
    expect(world.dialled).toEqual([]);
  });

  it('E5 a job reaches what is not named, and the server once it listens elsewhere', async () => {
    const world = worldOf({ names: { 'shop.example': ['93.184.216.40'] } });
    const own = ownPlaces(settings(), null, () => null);
    const egress = jobEgress({ id: 'j', spec: specOf('urls'), site: null }, own, world.ports);
    await egress.dial('shop.example:443');
    expect(world.dialled).toEqual(['93.184.216.40:443']);
  });

  it('E5 a webhook is not told to the server itself, even when its host was named', async () => {
    let asked = 0;
    const server = await listening(
      createServer((_request, response) => {
        asked += 1;
        response.end();
      }),
    );
    const { port } = server.address() as AddressInfo;
    const hook = { url: `http://127.0.0.1:${port}/`, secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}` };
    const to = [{ ...hook, earlier: [] } as unknown as WebhookRow, { id: 'd', body: '{}' } as DeliveryRow] as const;
    const send = (listens: number | null) =>
      guardedSend(
        [`127.0.0.1:${port}`],
        ownPlaces(settings(), null, () => listens),
        systemClock,
      )(...to);
    expect(await send(port)).toMatchObject({ status: null, reason: expect.stringContaining('service of Stageflow') });
    expect(asked).toBe(0);
    expect(await send(null)).toMatchObject({ status: 200 });
    server.close();
  });
});
