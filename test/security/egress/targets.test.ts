import { describe, expect, it } from 'vitest';
import { createEgress } from '../../../engine/egress/index.ts';
import type { EgressPolicy } from '../../../engine/egress/index.ts';
import { worldOf } from './world.ts';

const WEB: EgressPolicy = { kind: 'web', allowHosts: [], allowAssets: [] };

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
