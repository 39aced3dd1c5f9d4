import { describe, expect, it } from 'vitest';
import { createEgress } from '../../../engine/egress/index.ts';
import type { EgressPolicy } from '../../../engine/egress/index.ts';
import { worldOf } from './world.ts';

const WEB: EgressPolicy = { kind: 'web', allowHosts: [], allowAssets: [] };

/** Spellings of four addresses that must not be reached. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  '127.0.0.1': [
    '127.0.0.1',
    '127.0.0.1.',
    '127.1',
    '127.0.1',
    '2130706433',
    '0177.0.0.1',
    '0177.0.0.01',
    '017700000001',
    '0x7f.0.0.1',
    '0x7f.1',
    '0x7f000001',
    '0X7F000001',
    '127.0x0.0.1',
    '0177.0x0.1',
    '127.0.0.1..',
    '127.000.000.001',
    '127。0。0。1',
    '\uff11\uff12\uff17.0.0.1',
    '127。0。0.1',
    '①②⑦.0.0.1',
    '127.0.0.%31',
    '%31%32%37.0.0.1',
    '1%327.0.0.1',
    '０x７f．１',
    '127.255.255.254',
    '127.127.127.127',
  ],
  '10.0.0.1': [
    '10.0.0.1',
    '10.1',
    '10.0.1',
    '167772161',
    '012.0.0.1',
    '0xa.0.0.1',
    '0x0a000001',
    '012.1',
    '⑩.0.0.1',
    '10。0。0。1',
    '%310.0.0.1',
  ],
  '169.254.169.254': [
    '169.254.169.254',
    '169.254.43518',
    '169.16689662',
    '2852039166',
    '0251.0376.0251.0376',
    '0xa9.0xfe.0xa9.0xfe',
    '0xa9fea9fe',
    '0xa9.254.0251.254',
    '169。254。169。254',
    '①⑥⑨.②⑤④.①⑥⑨.②⑤④',
    '169.254.169.254.',
    '0251.254.169.254',
  ],
  '0.0.0.0': ['0.0.0.0', '0', '00', '0x0', '0.0', '0.0.0', '0x', '0.0.0.0.', '0。0。0。0', '⓪.0.0.0', '%30'],
};

const V6_TARGETS = [
  '[::]:80',
  '[::1]:80',
  '[0:0:0:0:0:0:0:1]:80',
  '[::127.0.0.1]:80',
  '[::ffff:127.0.0.1]:80',
  '[::ffff:7f00:1]:80',
  '[::ffff:0:7f00:1]:443',
  '[64:ff9b::7f00:1]:443',
  '[64:ff9b::808:808]:443',
  '[64:ff9b:1::1]:443',
  '[100::1]:443',
  '[2001::1]:443',
  '[2001:db8::1]:443',
  '[2002:7f00:1::]:443',
  '[2002:808:808::]:443',
  '[3fff::1]:443',
  '[5f00::1]:443',
  '[fc00::1]:443',
  '[fd00:ec2::254]:80',
  '[fe80::1]:80',
  '[fe80::1%eth0]:80',
  '[fe80::1%25eth0]:80',
  '[fec0::1]:80',
  '[ff02::1]:80',
  '::1:80',
  '[::1]',
  '[::1:80',
];

const METADATA = [
  '169.254.169.254:80',
  '169.254.170.2:80',
  '[fd00:ec2::254]:80',
  '100.100.100.200:80',
  '168.63.129.16:80',
  '168.63.129.16:443',
  'metadata.google.internal:80',
  'METADATA.google.INTERNAL:80',
  'metadata.google.internal.:80',
  'metadata:80',
  'instance-data:80',
];

describe('addresses as raw targets of a CONNECT', () => {
  const cases = Object.entries(SPELLINGS).flatMap(([address, spellings]) =>
    spellings.map((spelling) => [spelling, address] as const),
  );

  it.each(cases)('E1 refuses %s, a spelling of %s, as a raw target and as a URL', async (spelling, address) => {
    const world = worldOf({ names: { [spelling]: ['93.184.216.34'] } });
    const egress = createEgress(WEB, world.ports);
    const targets = [`${spelling}:80`];
    if (URL.canParse(`http://${spelling}/`)) targets.push(`${new URL(`http://${spelling}/`).hostname}:80`);
    for (const target of targets) {
      const answer = await egress.dial(target);
      expect(answer, `${target} (${address})`).toMatchObject({ ok: false });
      if (!answer.ok) expect([400, 403]).toContain(answer.status);
    }
    expect(world.dialled).toEqual([]);
  });

  it.each(V6_TARGETS)('E2 refuses %s', async (target) => {
    const world = worldOf({});
    expect(await createEgress(WEB, world.ports).dial(target)).toMatchObject({ ok: false });
    expect(world.dialled).toEqual([]);
  });

  it('E2 dials a public IPv6 address', async () => {
    const world = worldOf({});
    await createEgress(WEB, world.ports).dial('[2606:4700:4700::1111]:443');
    expect(world.dialled).toEqual(['[2606:4700:4700::1111]:443']);
  });

  it('E3 dials public neighbours of special ranges', async () => {
    const world = worldOf({});
    const egress = createEgress(WEB, world.ports);
    for (const address of ['100.63.255.254', '100.128.0.1']) await egress.dial(`${address}:80`);
    expect(world.dialled).toEqual(['100.63.255.254:80', '100.128.0.1:80']);
  });

  it.each(METADATA)('E4 refuses %s', async (target) => {
    const world = worldOf({ names: { metadata: ['93.184.216.34'] } });
    expect(await createEgress(WEB, world.ports).dial(target)).toMatchObject({
      ok: false,
      status: 403,
      code: 'egress_denied',
    });
    expect(world.dialled).toEqual([]);
    expect(world.asked).toEqual([]);
  });
});
