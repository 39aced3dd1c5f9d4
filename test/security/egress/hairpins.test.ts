import { describe, expect, it } from 'vitest';
import { createEgress } from '../../../engine/egress/index.ts';
import type { EgressPolicy } from '../../../engine/egress/index.ts';
import { worldOf } from './world.ts';

const WEB: EgressPolicy = { kind: 'web', allowHosts: [], allowAssets: [] };

describe('E5 hairpins', () => {
  it('E5 refuses the addresses of every interface of this host', async () => {
    const world = worldOf({
      names: { 'me.example': ['93.184.216.34'], 'me6.example': ['2606:4700::5'] },
      interfaces: ['93.184.216.34', '2606:4700:0:0::5'],
    });
    const egress = createEgress(WEB, world.ports);
    for (const target of ['me.example:443', 'me6.example:443', '93.184.216.34:80']) {
      expect(await egress.dial(target)).toMatchObject({ ok: false, status: 403 });
    }
    expect(world.dialled).toEqual([]);
  });

  it('E5 refuses an address of this host that its interfaces do not show but its owner gave', async () => {
    const world = worldOf({});
    const egress = createEgress({ ...WEB, ownAddresses: ['93.184.216.34'] }, world.ports);
    expect(await egress.dial('93.184.216.34:443')).toMatchObject({ ok: false, status: 403 });
  });

  it('E5 refuses the queue and the store by name and by address, even when a person named them', async () => {
    const services = ['127.0.0.1:4222', 'store.example:443', '93.184.216.34:443'];
    const allowHosts = ['127.0.0.1:4222', 'localhost:4222', 'store.example:443'];
    const world = worldOf({ names: { 'store.example': ['93.184.216.34'], 'alias.example': ['93.184.216.34'] } });
    const egress = createEgress({ ...WEB, services, allowHosts }, world.ports);
    for (const target of [...allowHosts, 'alias.example:443']) {
      expect(await egress.dial(target), target).toMatchObject({ ok: false, status: 403 });
    }
    expect(world.dialled).toEqual([]);
  });

  it('E5 refuses a service by its name alone, wherever the name leads', async () => {
    const world = worldOf({ names: { 'store.example': ['93.184.216.99'] } });
    const egress = createEgress({ ...WEB, services: ['store.example:443'] }, world.ports);
    expect(await egress.dial('store.example:443')).toMatchObject({ ok: false, status: 403 });
    expect(world.dialled).toEqual([]);
  });
});

describe('E6 rebinding', () => {
  it.each([
    ['mixed A records', ['93.184.216.34', '127.0.0.1']],
    ['a private AAAA beside a public A', ['93.184.216.34', 'fd00::1']],
    ['a mapped AAAA', ['::ffff:93.184.216.34']],
    ['a CNAME that ends at localhost', ['127.0.0.1', '::1']],
    ['the last of many', [...Array.from({ length: 40 }, (_, i) => `93.184.216.${i + 1}`), '10.0.0.1']],
    ['something that is not an address', ['0x7f.1']],
  ])('E6 refuses a name with %s', async (_, answers) => {
    const world = worldOf({ names: { 'evil.example': answers } });
    expect(await createEgress(WEB, world.ports).dial('evil.example:443')).toMatchObject({ ok: false });
    expect(world.dialled).toEqual([]);
  });

  it('E6 makes no connection to a private address in 10,000 dials of a name that flips', async () => {
    let turn = 0;
    const flip = () => (turn++ % 2 === 0 ? ['93.184.216.34'] : ['127.0.0.1']);
    const world = worldOf({ names: { 'flip.example': flip } });
    const egress = createEgress({ ...WEB, caps: { connections: 20_000, nameMs: 0 } }, world.ports);
    let refused = 0;
    for (let i = 0; i < 10_000; i++) {
      const answer = await egress.dial('flip.example:443');
      if (!answer.ok && answer.status === 403) refused++;
    }
    expect(refused).toBe(5_000);
    expect(new Set(world.dialled)).toEqual(new Set(['93.184.216.34:443']));
  });
});
