import * as fc from 'fast-check';

/** Text that has broken servers before. None of it names a place of this machine, so that such a name in an answer is the server's own. */
const TEXTS: readonly string[] = [
  ...[
    '',
    ' ',
    '.',
    '..',
    '../../etc/passwd',
    '..\\..\\x',
    '/',
    '//',
    'a/../b',
    '%',
    '%00',
    '%2e%2e%2f',
    '%ff',
    '*',
    '?',
    '#',
  ],
  ...['\u0000', 'a\u0000b', '\r\nx-injected: 1', '\u2028', '\u202Eabc', '\uD800', '\uFFFE', '👩‍👩‍👧‍👦', 'ﬁ', 'İ'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'then', 'length'],
  ...[
    "' OR 1=1 --",
    '"; DROP TABLE jobs; --',
    '%_%',
    '<script>alert(1)</script>',
    '${7*7}',
    '{{7*7}}',
    '$(id)',
    '`id`',
    '%n%s%d',
  ],
  ...[
    '-1',
    '0',
    '1e309',
    'NaN',
    'Infinity',
    '0x10',
    '9007199254740993',
    '1.5',
    'true',
    'null',
    'undefined',
    '[object Object]',
  ],
  ...[
    '0000-00-00',
    '+275760-09-13T00:00:00.001Z',
    '9999-12-31T23:59:59Z',
    '1970-01-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
  ],
  ...[
    'http://',
    'http://[::1]:1/',
    'http://169.254.169.254/',
    'http://2130706433/',
    'http://a.example:99999/',
    'file:///etc/passwd',
  ],
  ...[
    'javascript:alert(1)',
    'http://user:secret@a.example/',
    'http://xn--/',
    'http://a..example/',
    '//a.example',
    'http://a.example\\@b.example/',
  ],
  ...['a'.repeat(300), '😀'.repeat(2100), `https://a.example/${'x'.repeat(5000)}`, 'a.'.repeat(2000)],
];

/** Hostile or merely odd text. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
);

/** Any JSON value that nobody expects. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    [],
    {},
    [[[[]]]],
    { length: 1 },
    [null],
    -1,
    0,
    1.5,
    1e308,
    -1e308,
    2 ** 53,
    1e-7,
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

/** JSON text that a careful sender would not send, made of a careful one's. */
export const damagedJson = (text: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.nat(text.length).map((end) => text.slice(0, end)),
    fc.constantFrom(
      text.replace('{', '{"__proto__":{"admin":true},'),
      text.replace('{', '{"constructor":{"prototype":{"admin":true}},'),
      `\uFEFF${text}`,
      `${text}${text}`,
      `[${text}]`,
      '['.repeat(5000),
      '{"a":'.repeat(70) + '1' + '}'.repeat(70),
      '1e999999',
      '"',
      'null',
      '',
    ),
  );
