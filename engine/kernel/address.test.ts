import { describe, expect, it } from 'vitest';
import { SPECIAL_RANGES, classifyAddress, classifyName, formatAddress, parseAddress } from './address.ts';
import type { AddressKind } from './address.ts';

const V6: readonly (readonly [string, AddressKind])[] = [
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  ['0:0:0:0:0:0:0:1', 'loopback'],
  ['::127.0.0.1', 'translated'],
  ['::8.8.8.8', 'translated'],
  ['::ffff:127.0.0.1', 'translated'],
  ['::ffff:8.8.8.8', 'translated'],
  ['::ffff:0:127.0.0.1', 'translated'],
  ['::ffff:0:808:808', 'translated'],
  ['64:ff9b::7f00:1', 'translated'],
  ['64:ff9b::8.8.8.8', 'translated'],
  ['64:ff9b:1::1', 'translated'],
  ['100::1', 'reserved'],
  ['100:0:0:1::1', 'reserved'],
  ['2001::1', 'translated'],
  ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'translated'],
  ['2001:1::1', 'reserved'],
  ['2001:2::1', 'benchmarking'],
  ['2001:10::1', 'reserved'],
  ['2001:20::1', 'reserved'],
  ['2001:1ff:ffff::1', 'reserved'],
  ['2001:200::1', 'public'],
  ['2001:db8::1', 'documentation'],
  ['2001:db8:ffff::1', 'documentation'],
  ['2001:db9::1', 'public'],
  ['2002:7f00:1::', 'translated'],
  ['2002:808:808::1', 'translated'],
  ['2003::1', 'public'],
  ['3fff::1', 'documentation'],
  ['3fff:fff:ffff::1', 'documentation'],
  ['3fff:1000::1', 'public'],
  ['4000::1', 'reserved'],
  ['5f00::1', 'reserved'],
  ['1fff:ffff::1', 'reserved'],
  ['fc00::1', 'private'],
  ['fdff::1', 'private'],
  ['fd00:ec2::254', 'metadata'],
  ['fd20:ce::254', 'metadata'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local'],
  ['febf::1', 'link-local'],
  ['fec0::1', 'private'],
  ['ff02::1', 'multicast'],
  ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'multicast'],
  ['2606:4700:4700::1111', 'public'],
  ['2001:4860:4860::8888', 'public'],
  ['2620:fe::fe', 'public'],
  ['2606:4700::200:5efe:7f00:1', 'translated'],
  ['2606:4700::5efe:127.0.0.1', 'translated'],
];

const V4: readonly (readonly [string, AddressKind])[] = [
  ['0.0.0.0', 'unspecified'],
  ['0.0.0.1', 'reserved'],
  ['0.255.255.255', 'reserved'],
  ['1.0.0.0', 'public'],
  ['1.1.1.1', 'public'],
  ['9.255.255.255', 'public'],
  ['10.0.0.0', 'private'],
  ['10.255.255.255', 'private'],
  ['11.0.0.0', 'public'],
  ['100.63.255.254', 'public'],
  ['100.64.0.0', 'cgnat'],
  ['100.127.255.255', 'cgnat'],
  ['100.128.0.1', 'public'],
  ['126.255.255.255', 'public'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['128.0.0.1', 'public'],
  ['169.253.255.255', 'public'],
  ['169.254.0.1', 'link-local'],
  ['169.254.255.255', 'link-local'],
  ['169.255.0.0', 'public'],
  ['172.15.255.255', 'public'],
  ['172.16.0.0', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.0', 'public'],
  ['192.0.0.1', 'reserved'],
  ['192.0.0.255', 'reserved'],
  ['192.0.1.0', 'public'],
  ['192.0.2.1', 'documentation'],
  ['192.0.3.0', 'public'],
  ['192.88.98.255', 'public'],
  ['192.88.99.1', 'translated'],
  ['192.88.100.0', 'public'],
  ['192.167.255.255', 'public'],
  ['192.168.0.1', 'private'],
  ['192.169.0.0', 'public'],
  ['198.17.255.255', 'public'],
  ['198.18.0.1', 'benchmarking'],
  ['198.19.255.255', 'benchmarking'],
  ['198.20.0.0', 'public'],
  ['198.51.100.7', 'documentation'],
  ['203.0.112.255', 'public'],
  ['203.0.113.9', 'documentation'],
  ['203.0.114.0', 'public'],
  ['223.255.255.255', 'public'],
  ['224.0.0.1', 'multicast'],
  ['239.255.255.255', 'multicast'],
  ['240.0.0.1', 'reserved'],
  ['255.255.255.255', 'reserved'],
];

const METADATA = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:0ec2:0:0:0:0:0:254',
];

const NOT_ADDRESSES = [
  '',
  '1',
  '1.2.3',
  '1.2.3.4.5',
  '01.2.3.4',
  '0177.0.0.1',
  '0x7f.0.0.1',
  '256.0.0.1',
  '1.2.3.4 ',
  '1.2.3.-4',
  '127.1',
  '2130706433',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7::8',
  '12345::',
  'g::1',
  '1.2.3.4::',
  '::1.2.3',
  '[::1]',
  'fe80::1%',
  'localhost',
  '::1\n',
  '1'.repeat(100),
];

describe('address classification', () => {
  it.each(V6)('E2 %s is %s', (address, kind) => {
    expect(classifyAddress(address)?.kind).toBe(kind);
  });

  it.each(V4)('E3 %s is %s', (address, kind) => {
    expect(classifyAddress(address)?.kind).toBe(kind);
  });

  it.each(METADATA)('E4 %s is a metadata address', (address) => {
    expect(classifyAddress(address)?.kind).toBe('metadata');
  });

  it.each(NOT_ADDRESSES)('%j is not an address', (text) => {
    expect(classifyAddress(text)).toBeNull();
  });

  it('names the range and its source for every special range', () => {
    for (const range of SPECIAL_RANGES) {
      const base = range.cidr.split('/')[0] ?? '';
      const found = classifyAddress(base);
      expect(found?.kind, range.cidr).not.toBe('public');
      expect(found?.source.length, range.cidr).toBeGreaterThan(3);
    }
  });

  it('spells every address as the URL standard does, and reads its own spelling back', () => {
    for (const [address] of V6) {
      const bytes = parseAddress(address);
      const text = bytes === null ? '' : formatAddress(bytes);
      expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`);
      expect(parseAddress(text)).toEqual(bytes);
    }
  });
});

describe('names that say enough by themselves', () => {
  it.each([
    ['metadata.google.internal', 'metadata'],
    ['metadata.google.internal.', 'metadata'],
    ['instance-data', 'metadata'],
    ['localhost', 'loopback'],
    ['localhost.', 'loopback'],
    ['shop.localhost', 'loopback'],
    ['printer.local', 'private'],
    ['db.internal', 'private'],
    ['router.home.arpa', 'private'],
    ['example.com', 'name'],
    ['notlocalhost', 'name'],
    ['localhost.example.com', 'name'],
  ] as const)('E4 %s is %s', (name, kind) => {
    expect(classifyName(name)).toBe(kind);
  });
});
