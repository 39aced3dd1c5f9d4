import { page, unicodePath } from './refused.ts';
import { field, u64, zip, type Frame, type Part } from './zip-writer.ts';

const unicode = { name: 'h\u00e9llo/\u4f60\u597d.html', data: 'x', flags: 0x800 };

/** Archives that must be accepted: SAFETY number, what it is, entries, frame. */
export const ACCEPTED: [string, string, Part[], Frame?][] = [
  [
    'Z5',
    'an archive inside the archive as plain bytes',
    [page, { name: 'inner.zip', data: zip([{ name: '../../etc/passwd', data: 'x' }]), method: 0 }],
  ],
  [
    'Z11',
    'names that only Windows minds',
    ['CON', 'aux.html', 'a.', 'a ', 'x:ads', 'PROGRA~1'].map((name) => ({ name, data: name })),
  ],
  ['Z13', 'zip64 end records that nobody needed', [page], { zip64: true }],
  [
    'Z13',
    'a needed zip64 size',
    [{ ...page, extra: field(1, u64(31)), local: { size: 0xffffffff }, central: { size: 0xffffffff } }],
  ],
  [
    'Z13',
    'an unneeded zip64 field that agrees',
    [{ name: 'a', data: 'abc', method: 0, extra: field(1, u64(3), u64(3)) }],
  ],
  [
    'Z17',
    'names of the object prototype',
    ['__proto__', 'constructor', 'hasOwnProperty', '__proto__x/y'].map((name) => ({ name, data: 'x' })),
  ],
  [
    'Z20',
    'descriptors with a signature',
    [
      { ...page, descriptor: 'signed' },
      { ...unicode, descriptor: 'signed' },
    ],
  ],
  [
    'Z20',
    'descriptors without a signature',
    [
      { ...page, descriptor: 'bare' },
      { ...unicode, descriptor: 'bare' },
    ],
  ],
  [
    'Z20',
    'descriptors of zip64',
    [{ ...page, descriptor: 'wide', local: { size: 0xffffffff, packed: 0xffffffff, extra: field(1, u64(0), u64(0)) } }],
  ],
  [
    'Z20',
    'descriptors of zip64 without a signature',
    [
      {
        ...page,
        descriptor: 'wide-bare',
        local: { size: 0xffffffff, packed: 0xffffffff, extra: field(1, u64(0), u64(0)) },
      },
    ],
  ],
  [
    'Z20',
    'a descriptor that the directory does not mention',
    [{ ...page, descriptor: 'signed', central: { flags: 0 } }],
  ],
  ['Z20', 'folders of their own, empty ones too', [{ name: 'a/' }, { name: 'a/b', data: 'x' }, { name: 'empty/' }]],
  ['Z20', 'a folder listed after its file', [{ name: 'a/b', data: 'x' }, { name: 'a/' }]],
  ['Z20', 'a deflated empty file', [{ name: 'a', data: '', method: 8 }]],
  ['Z20', 'a deflated folder', [{ name: 'a/', data: '', method: 8 }]],
  [
    'Z20',
    'a set-group folder of a shared disk',
    [
      { name: 'a/', mode: 0o42775 },
      { name: 'a/b', data: 'x' },
    ],
  ],
  ['Z20', 'a comment', [page], { comment: Buffer.from('made by hand') }],
  ['Z20', 'no mode at all', [{ name: 'a', data: 'x', system: 0, attributes: 0x20 }]],
  [
    'Z20',
    'times and owners in extra fields',
    [{ ...page, extra: Buffer.concat([field(0x5455, Buffer.alloc(5)), field(0x7875, Buffer.alloc(11))]) }],
  ],
  [
    'Z20',
    'a second name that agrees',
    [{ name: '\u00e9', data: 'x', flags: 0x800, extra: unicodePath('\u00e9', '\u00e9') }],
  ],
  ['Z20', 'names that begin with a dot and a slash', [{ name: './' }, { name: './a/' }, { name: './a/b', data: 'x' }]],
  ['Z20', 'no entries', []],
];
