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

/** Raw targets of a `CONNECT` that must be refused whatever DNS says. */
const RAW: readonly (readonly [string, number])[] = [
  ['example.com:22', 403],
  ['example.com:25', 403],
  ['example.com:53', 403],
  ['example.com:587', 403],
  ['example.com:3306', 403],
  ['example.com:4222', 403],
  ['example.com:6379', 403],
  ['example.com:9000', 403],
  ['example.com:11211', 403],
  ['example.com:8080', 403],
  ['example.com:8443', 403],
  ['example.com:1', 403],
  ['example.com:65535', 403],
  ['example.com:0', 400],
  ['example.com:65536', 400],
  ['example.com:99999', 400],
  ['example.com:100000', 400],
  ['example.com:0443', 400],
  ['example.com:443443', 400],
  ['example.com:+443', 400],
  ['example.com:-1', 400],
  ['example.com:443 ', 400],
  [' example.com:443', 400],
  ['example.com :443', 400],
  ['example.com:4 43', 400],
  ['example.com:0x1bb', 400],
  ['example.com:https', 400],
  ['example.com:', 400],
  ['example.com', 400],
  [':443', 400],
  ['', 400],
  ['.:443', 400],
  ['..:443', 400],
  ['.example.com:443', 400],
  ['example..com:443', 400],
  ['-example.com:443', 400],
  ['example.com:443@127.0.0.1', 400],
  ['example.com:443@127.0.0.1:80', 400],
  ['user@example.com:443', 400],
  ['user:secret@example.com:443', 400],
  ['127.0.0.1:80@example.com:443', 400],
  ['example.com:443#@127.0.0.1:80', 400],
  ['example.com:443?x', 400],
  ['example.com:443/x', 400],
  ['example.com/:443', 400],
  ['example.com\\@127.0.0.1:443', 400],
  ['example.com:443\r\nHost: 127.0.0.1', 400],
  ['example.com\r\n:443', 400],
  ['example.com:443\n', 400],
  ['example.com:443\0', 400],
  ['example.com\0.evil.test:443', 400],
  ['example.com\t:443', 400],
  ['http://example.com:443', 400],
  ['http://example.com/', 400],
  ['https://example.com:443/', 400],
  ['//example.com:443', 400],
  ['example.com%00:443', 400],
  ['example.com%2f:443', 400],
  ['ex%61mple.com:443', 400],
  ['bücher.example:443', 400],
  ['BÜCHER.example:443', 400],
  ['еxample.com:443', 400],
  ['example。com:443', 400],
  ['\uff45xample.com:443', 400],
  ['exa\u00admple.com:443', 400],
  ['exa\u200bmple.com:443', 400],
  ['xn--:443', 400],
  ['example.com:443:80', 400],
  ['[example.com]:443', 400],
  ['[127.0.0.1]:80', 400],
  ['[2606:4700:4700:0:0:0:0:1111]:443', 400],
  ['[2606:4700:4700::1111]443', 400],
  ['[2606:4700:4700::1111', 400],
  ['1.1.1.1.1:443', 400],
  ['1.1.1.256:443', 400],
  ['134744072:443', 400],
  ['0x08080808:443', 400],
  ['8.8.2056:443', 400],
  [`${'a'.repeat(64)}.example:443`, 400],
  [`${'a.'.repeat(200)}example:443`, 400],
  ['example.com:443'.padEnd(5000, '0'), 400],
  ['*:443', 400],
  ['*.example.com:443', 400],
  ['<script>:443', 400],
  ['localhost:80', 403],
  ['LOCALHOST:80', 403],
  ['localhost.:80', 403],
  ['shop.localhost:80', 403],
  ['localhost.localdomain:80', 403],
  ['nas.local:80', 403],
  ['router.lan:443', 403],
  ['db.internal:443', 403],
];

describe('raw targets of a CONNECT', () => {
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

  it.each(RAW)('E8 refuses %j with %d and logs it', async (target, status) => {
    const world = worldOf({ names: { 'example.com': ['93.184.216.34'], localhost: ['93.184.216.34'] } });
    const egress = createEgress(WEB, world.ports);
    expect(await egress.dial(target)).toMatchObject({ ok: false, status, code: 'egress_denied' });
    expect(world.dialled).toEqual([]);
    expect(egress.records().connections).toMatchObject([{ verdict: 'denied', address: null }]);
  });

  it('E8 opens 8080 and 8443 only when asked', async () => {
    const world = worldOf({ names: { 'example.com': ['93.184.216.34'] } });
    const egress = createEgress({ ...WEB, extraPorts: true }, world.ports);
    for (const port of [8080, 8443, 9000]) await egress.dial(`example.com:${port}`);
    expect(world.dialled).toEqual(['93.184.216.34:8080', '93.184.216.34:8443']);
  });

  it.each([
    ['xn--bcher-kva.example:443', 'xn--bcher-kva.example'],
    ['XN--BCHER-KVA.example:443', 'xn--bcher-kva.example'],
    ['example.com.:443', 'example.com'],
    ['Example.COM:443', 'example.com'],
    ['a_b.example.com:443', 'a_b.example.com'],
  ])('E9 asks DNS for the host that a browser would mean by %s', async (target, host) => {
    const world = worldOf({ names: { [host]: ['93.184.216.34'] } });
    await createEgress(WEB, world.ports).dial(target);
    expect(world.asked).toEqual([host]);
    expect(world.dialled).toEqual(['93.184.216.34:443']);
  });

  it.each([
    'bücher.example',
    'BÜCHER.example',
    'faß.de',
    '☕.example',
    'ｅｘａｍｐｌｅ.com',
    'a。b.example',
    'xn--bcher-kva.example',
  ])('E9 takes %s only in the spelling that the URL standard gives it', async (host) => {
    const ascii = new URL(`http://${host}/`).hostname;
    const world = worldOf({ names: { [ascii]: ['93.184.216.34'] } });
    const egress = createEgress(WEB, world.ports);
    await egress.dial(`${ascii}:443`);
    expect(world.dialled).toHaveLength(1);
    if (host !== ascii) expect(await egress.dial(`${host}:443`)).toMatchObject({ ok: false, status: 400 });
  });
});

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

describe('E11 jobs without a way to the web', () => {
  const ASSETS: EgressPolicy = { kind: 'assets', allowHosts: [], allowAssets: [] };

  it('E11 refuses every target of a ZIP job without asking DNS or dialling', async () => {
    const world = worldOf({ names: { 'example.com': ['93.184.216.34'] } });
    const egress = createEgress(ASSETS, world.ports);
    for (const target of [
      'example.com:80',
      'example.com:443',
      '93.184.216.34:80',
      '[2606:4700:4700::1111]:443',
      'localhost:80',
    ]) {
      expect(await egress.dial(target)).toMatchObject({ ok: false, status: 403 });
    }
    expect(world).toMatchObject({ dialled: [], asked: [] });
    expect(egress.records().totals).toMatchObject({ connections: 5, denied: 5, bytesUp: 0, bytesDown: 0 });
  });

  it('E11 opens exactly the hosts that the owner named, and those only at public addresses', async () => {
    const names = { 'cdn.example': ['93.184.216.34'], 'x.cdn.example': ['93.184.216.34'], 'in.example': ['10.0.0.1'] };
    const world = worldOf({ names });
    const egress = createEgress({ ...ASSETS, allowAssets: ['CDN.example', 'in.example'] }, world.ports);
    for (const target of ['cdn.example:443', 'x.cdn.example:443', 'in.example:443', 'cdn.example:22'])
      await egress.dial(target);
    expect(world.dialled).toEqual(['93.184.216.34:443']);
  });

  it.each(['*', '*.example.com', 'https://cdn.example', 'cdn.example/x', 'a b', ''])(
    'refuses the option --allow-assets %j',
    (value) => {
      expect(() => createEgress({ ...ASSETS, allowAssets: [value] })).toThrow(
        expect.objectContaining({ code: 'bad_option' }),
      );
    },
  );
});
