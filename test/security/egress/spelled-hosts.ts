import { PUBLISHED_HOSTS } from './published-hosts.ts';

/**
 * A few hundred ways to spell a host: labels of many scripts and every IPv4 form, each put through what URL parsers fold, refuse or
 * take apart differently, and the published tables. What these must come to is what a real browser says.
 */
const LABELS = [
  ...[
    'example',
    'EXAMPLE',
    'a_b',
    'bücher',
    'BÜCHER',
    'faß',
    'FAẞ',
    'ς',
    'ΒΌΛΟΣ',
    'ı',
    'İ',
    '\u212a',
    '日本語',
    '中国。香港',
  ],
  ...['ශ්‍රී', 'نامه‌ای', 'عربي', 'שלום', 'हिन्दी', 'กขค', '☕', '👩‍💻', '≠', '½', '№', '㎢', 'ﬁ', 'Ⅷ', '①②⑦'],
  ...[
    'xn--bcher-kva',
    'XN--BCHER-KVA',
    'xn--',
    'xn--a',
    'xn--zca',
    'xn--tešla',
    'xn--1ug',
    'aa--',
    'ab--c',
    '-x',
    'x-',
    '1',
    '0x7f',
  ],
] as const;

const wide = (text: string) =>
  text.replace(/[!-~]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0));
const percent = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');

/** Where two parsers may part: each makes another spelling of `label.test`. */
const TURNS: readonly ((label: string) => string)[] = [
  (label) => `${label}.test`,
  (label) => `${label}.test.`,
  (label) => `${label}..test`,
  (label) => `.${label}.test`,
  (label) => `${label}。test`,
  (label) => `${label}．test`,
  (label) => `${label}｡test`,
  (label) => `${wide(label)}.test`,
  (label) => `${percent(label)}.test`,
  (label) => `${label}\u00ad.test`,
  (label) => `${label}\u200d.test`,
  (label) => `${label}\u200b.test`,
  (label) => `\u202e${label}.test`,
  (label) => `${label.normalize('NFD')}.test`,
  (label) => `www.${label}`,
];

const ADDRESSES = [
  ...[
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '017700000001',
    '0177.0.0.1',
    '0x7F.0x0.0x0.0x1',
  ],
  ...[
    '１２７.０.０.１',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '127.0.0.1.',
    '127.0.0.1..',
    '%31%32%37.0.0.1',
    '127.0.0.256',
    '1.2.3.4.5',
  ],
  ...[
    '0',
    '0.0.0.0',
    '00',
    '08',
    '0x',
    '0x.0x.0',
    '4294967295',
    '4294967296',
    '1.0x1000000',
    '127.0.0.0x1g',
    '127.0.0.1\u00ad',
  ],
  ...[
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[0:0:0:0:0:0:0:1]',
    '[::FFFF:7F00:1]',
    '[::1%25eth0]',
    '[::1',
    '::1',
    '[1::2::3]',
    '[::1.2.3]',
  ],
] as const;

const PIECES = [
  'a b',
  'a\tb',
  'a\nb',
  'a%00b',
  'a%20b',
  'a<b',
  'a|b',
  'a^b',
  'a\\b',
  'a%2fb',
  'a%40b',
  'a:b',
  'user@a',
  '%',
  '%zz',
  '',
];

/** Every spelling once. */
export const SPELLED_HOSTS: readonly string[] = [
  ...new Set([
    ...LABELS.flatMap((label) => TURNS.map((turn) => turn(label))),
    ...ADDRESSES,
    ...PIECES,
    ...PUBLISHED_HOSTS.map(([spelling]) => spelling),
  ]),
];

/** Written into a page or typed: the address whose host is judged. */
export const addressOf = (host: string) => `http://${host}/`;
