import { describe, expect, it } from 'vitest';
import { createEgress } from '../../../engine/egress/index.ts';
import type { EgressPolicy } from '../../../engine/egress/index.ts';
import { worldOf } from './world.ts';

const WEB: EgressPolicy = { kind: 'web', allowHosts: [], allowAssets: [] };

describe('hosts that a person named', () => {
  it.each([
    [['127.0.0.1:8080'], '127.0.0.1:8080', '127.0.0.1:8080'],
    [['localhost:3000'], 'localhost:3000', '127.0.0.1:3000'],
    [['shop.localhost:8443'], 'shop.localhost:8443', '127.0.0.1:8443'],
    [['[::1]:8080'], '[::1]:8080', '[::1]:8080'],
    [['192.168.1.20:8000'], '192.168.1.20:8000', '192.168.1.20:8000'],
    [['staging.corp.test:8000'], 'staging.corp.test:8000', '10.1.2.3:8000'],
  ] as const)('dials %j when asked for %s', async (allowHosts, target, dialled) => {
    const world = worldOf({ names: { 'staging.corp.test': ['10.1.2.3'], 'shop.localhost': ['93.184.216.34'] } });
    await createEgress({ ...WEB, allowHosts }, world.ports).dial(target);
    expect(world.dialled[0]).toBe(dialled);
  });

  it.each([
    ['127.0.0.1:8080', '127.0.0.1:8081'],
    ['127.0.0.1:8080', '127.0.0.2:8080'],
    ['127.0.0.1:8080', 'localhost:8080'],
    ['localhost:3000', '127.0.0.1:3000'],
    ['shop.localhost:8443', 'x.shop.localhost:8443'],
    ['shop.localhost:8443', 'localhost:8443'],
  ])('with --allow-host %s still refuses %s', async (allowed, target) => {
    const world = worldOf({});
    expect(await createEgress({ ...WEB, allowHosts: [allowed] }, world.ports).dial(target)).toMatchObject({
      ok: false,
      status: 403,
    });
    expect(world.dialled).toEqual([]);
  });

  it.each([
    '169.254.169.254:80',
    'metadata.google.internal:80',
    '0.0.0.0:8080',
    '[::ffff:7f00:1]:8080',
    '224.0.0.1:80',
  ])('E4 refuses %s even when it was named', async (target) => {
    const world = worldOf({ names: { 'metadata.google.internal': ['169.254.169.254'] } });
    expect(await createEgress({ ...WEB, allowHosts: [target] }, world.ports).dial(target)).toMatchObject({
      ok: false,
      status: 403,
    });
    expect(world.dialled).toEqual([]);
  });

  it.each(['127.0.0.1', 'localhost', 'http://127.0.0.1:80', '*:80', '127.1:80'])(
    'refuses the option --allow-host %s',
    (value) => {
      expect(() => createEgress({ ...WEB, allowHosts: [value] })).toThrow(
        expect.objectContaining({ code: 'bad_option' }),
      );
    },
  );
});
