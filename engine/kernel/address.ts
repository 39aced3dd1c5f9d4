/** What an IP address is for. Only `public` may be dialled. */
export type AddressKind =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'cgnat'
  | 'multicast'
  | 'documentation'
  | 'benchmarking'
  | 'reserved'
  | 'unspecified'
  | 'translated'
  | 'metadata';

/** One row of the table of special ranges. */
export interface AddressRange {
  /** The range in CIDR notation. */
  readonly cidr: string;
  readonly kind: Exclude<AddressKind, 'public'>;
  /** The document or registry that sets the range aside. */
  readonly source: string;
}

/** The answer about one address. */
export interface AddressClass {
  readonly kind: AddressKind;
  /** The address in its canonical spelling. */
  readonly address: string;
  /** The range that decided, in CIDR notation. */
  readonly range: string;
  /** The document or registry behind the range. */
  readonly source: string;
}

const row = (cidr: string, kind: AddressRange['kind'], source: string): AddressRange => ({ cidr, kind, source });

/** Special ranges, most telling first: the first that holds an address decides. */
export const SPECIAL_RANGES: readonly AddressRange[] = [
  row('169.254.169.254/32', 'metadata', 'AWS, Google Cloud, Azure and others: instance metadata'),
  row('169.254.170.2/32', 'metadata', 'AWS ECS: task credentials'),
  row('169.254.170.23/32', 'metadata', 'AWS EKS: pod identity credentials'),
  row('100.100.100.200/32', 'metadata', 'Alibaba Cloud: instance metadata'),
  row('168.63.129.16/32', 'metadata', 'Azure: platform address inside a public range'),
  row('192.0.0.192/32', 'metadata', 'Oracle Cloud: instance metadata'),
  row('fd00:ec2::254/128', 'metadata', 'AWS: instance metadata'),
  row('fd00:ec2::23/128', 'metadata', 'AWS EKS: pod identity credentials'),
  row('fd20:ce::254/128', 'metadata', 'Google Cloud: instance metadata'),

  row('0.0.0.0/32', 'unspecified', 'RFC 1122 section 3.2.1.3'),
  row('0.0.0.0/8', 'reserved', 'RFC 791: this network'),
  row('10.0.0.0/8', 'private', 'RFC 1918'),
  row('100.64.0.0/10', 'cgnat', 'RFC 6598'),
  row('127.0.0.0/8', 'loopback', 'RFC 1122 section 3.2.1.3'),
  row('169.254.0.0/16', 'link-local', 'RFC 3927'),
  row('172.16.0.0/12', 'private', 'RFC 1918'),
  row('192.0.0.0/24', 'reserved', 'RFC 6890: IETF protocol assignments'),
  row('192.0.2.0/24', 'documentation', 'RFC 5737'),
  row('192.88.99.0/24', 'translated', 'RFC 7526: 6to4 relay'),
  row('192.168.0.0/16', 'private', 'RFC 1918'),
  row('198.18.0.0/15', 'benchmarking', 'RFC 2544'),
  row('198.51.100.0/24', 'documentation', 'RFC 5737'),
  row('203.0.113.0/24', 'documentation', 'RFC 5737'),
  row('224.0.0.0/4', 'multicast', 'RFC 1112'),
  row('240.0.0.0/4', 'reserved', 'RFC 1112 section 4; 255.255.255.255 is RFC 8190'),

  row('::/128', 'unspecified', 'RFC 4291'),
  row('::1/128', 'loopback', 'RFC 4291'),
  row('::ffff:0:0/96', 'translated', 'RFC 4291: IPv4-mapped'),
  row('::ffff:0:0:0/96', 'translated', 'RFC 2765: IPv4-translated (SIIT)'),
  row('::/96', 'translated', 'RFC 4291: IPv4-compatible'),
  row('64:ff9b::/96', 'translated', 'RFC 6052: NAT64'),
  row('64:ff9b:1::/48', 'translated', 'RFC 8215: local NAT64'),
  row('100::/64', 'reserved', 'RFC 6666: discard only'),
  row('100:0:0:1::/64', 'reserved', 'RFC 9780: dummy prefix'),
  row('2001::/32', 'translated', 'RFC 4380: Teredo'),
  row('2001:2::/48', 'benchmarking', 'RFC 5180'),
  row('2001::/23', 'reserved', 'RFC 2928: IETF protocol assignments'),
  row('2001:db8::/32', 'documentation', 'RFC 3849'),
  row('2002::/16', 'translated', 'RFC 3056: 6to4'),
  row('3fff::/20', 'documentation', 'RFC 9637'),
  row('5f00::/16', 'reserved', 'RFC 9602: segment routing'),
  row('fc00::/7', 'private', 'RFC 4193'),
  row('fe80::/10', 'link-local', 'RFC 4291'),
  row('fec0::/10', 'private', 'RFC 3879: site-local'),
  row('ff00::/8', 'multicast', 'RFC 4291'),
];

/** What each kind is called in a sentence. */
export const ADDRESS_KIND_WORDS: Readonly<Record<AddressKind, string>> = {
  public: 'a public address',
  loopback: 'this machine itself (loopback)',
  private: 'a private network address',
  'link-local': 'a link-local address',
  cgnat: 'a carrier network address (100.64.0.0/10)',
  multicast: 'a multicast address',
  documentation: 'an address reserved for documentation',
  benchmarking: 'an address reserved for benchmarks',
  reserved: 'a reserved address',
  unspecified: 'the unspecified address',
  translated: 'an IPv6 address that hides an IPv4 address',
  metadata: "a cloud provider's metadata address",
};

/** Kinds that nobody can vouch for, not even by naming the host. */
export const NEVER_SCANNED: ReadonlySet<AddressKind> = new Set([
  'metadata',
  'multicast',
  'unspecified',
  'translated',
  'reserved',
]);

/** The end of the sentence on an address that is not scanned: how its owner opens it, or that nobody can. `host` is its `host:port`. */
export function exceptionOf(kind: AddressKind, host: string): string {
  return NEVER_SCANNED.has(kind)
    ? ', and nothing can allow this one'
    : `; for your own machine add --allow-host ${host}`;
}

function parseV4(text: string): Uint8Array | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  const bytes = new Uint8Array(4);
  for (const [index, part] of parts.entries()) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return null;
    bytes[index] = Number(part);
  }
  return bytes;
}

function parseGroups(text: string): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const v4 = index === parts.length - 1 ? parseV4(part) : null;
      if (v4 === null) return null;
      const [a = 0, b = 0, c = 0, d = 0] = v4;
      groups.push((a << 8) | b, (c << 8) | d);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return null;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

function parseV6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2 || (halves.length === 2 && halves[0]?.includes('.'))) return null;
  const head = parseGroups(halves[0] ?? '');
  const tail = parseGroups(halves[1] ?? '');
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  const bytes = new Uint8Array(16);
  for (const [index, group] of groups.entries()) {
    bytes[index * 2] = group >> 8;
    bytes[index * 2 + 1] = group & 255;
  }
  return bytes;
}

/** The 4 or 16 bytes of an address in strict spelling (four decimal parts, or RFC 4291; a zone is dropped); null for anything else. */
export function parseAddress(text: string): Uint8Array | null {
  if (text.length > 80) return null;
  if (!text.includes(':')) return parseV4(text);
  return parseV6(text.replace(/%[A-Za-z0-9._-]{1,32}$/, ''));
}

/** The canonical spelling of 4 or 16 bytes (RFC 5952; embedded IPv4 stays hexadecimal, as the URL standard writes it). */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return best.start < 0 ? hex(0, 8) : `${hex(0, best.start)}::${hex(best.start + best.length, 8)}`;
}

interface Compiled extends AddressRange {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

function compile(range: AddressRange): Compiled {
  const [base = '', bits = ''] = range.cidr.split('/');
  const bytes = parseAddress(base);
  if (bytes === null) throw new TypeError(`not an address: ${range.cidr}`);
  return { ...range, bytes, bits: Number(bits) };
}

const TABLE = SPECIAL_RANGES.map(compile);
const GLOBAL_UNICAST = compile(row('2000::/3', 'reserved', 'IANA: global unicast'));

function holds(range: Compiled, address: Uint8Array): boolean {
  if (range.bytes.length !== address.length) return false;
  for (let bit = 0, index = 0; bit < range.bits; bit += 8, index++) {
    const mask = range.bits - bit >= 8 ? 255 : (255 << (8 - (range.bits - bit))) & 255;
    if (((address[index] ?? 0) & mask) !== ((range.bytes[index] ?? 0) & mask)) return false;
  }
  return true;
}

/** RFC 5214: an interface id of `[02]00:5efe:` and four bytes carries an IPv4 address inside any prefix. */
function isIsatap(bytes: Uint8Array): boolean {
  return (
    bytes.length === 16 && ((bytes[8] ?? 0) & 0xfd) === 0 && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe
  );
}

/** What an address is for; null when the text is not an address in strict spelling. IPv6 outside 2000::/3 is never public. */
export function classifyAddress(address: string | Uint8Array): AddressClass | null {
  const bytes = typeof address === 'string' ? parseAddress(address) : address;
  if (bytes === null || (bytes.length !== 4 && bytes.length !== 16)) return null;
  const canonical = formatAddress(bytes);
  const found = TABLE.find((range) => holds(range, bytes));
  if (found) return { kind: found.kind, address: canonical, range: found.cidr, source: found.source };
  if (isIsatap(bytes))
    return { kind: 'translated', address: canonical, range: '::200:5efe:0:0/96', source: 'RFC 5214: ISATAP' };
  if (bytes.length === 4)
    return { kind: 'public', address: canonical, range: '0.0.0.0/0', source: 'IANA: global unicast' };
  if (holds(GLOBAL_UNICAST, bytes)) {
    return { kind: 'public', address: canonical, range: GLOBAL_UNICAST.cidr, source: GLOBAL_UNICAST.source };
  }
  return { kind: 'reserved', address: canonical, range: '::/0', source: 'IANA: not allocated' };
}

/** What a host name says by itself, before any DNS; `name` when only its addresses can tell. */
export type NameKind = 'name' | 'loopback' | 'private' | 'metadata';

const METADATA_NAMES = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'instance-data',
  'instance-data.ec2.internal',
]);
const PRIVATE_SUFFIXES = ['.internal', '.local', '.home.arpa', '.localdomain', '.intranet', '.lan'];

/** Classifies a canonical lower-case host name (RFC 6761 and RFC 6762 names, metadata names). A trailing dot is ignored. */
export function classifyName(host: string): NameKind {
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  if (METADATA_NAMES.has(name)) return 'metadata';
  if (name === 'localhost' || name.endsWith('.localhost') || name === 'localhost.localdomain') return 'loopback';
  if (PRIVATE_SUFFIXES.some((suffix) => name.endsWith(suffix))) return 'private';
  return 'name';
}
