import { describe, expect, test } from 'vitest';
import { ARCHIVE_LIMITS } from '@stageflow/engine/sdk';
import { judge, measured, SMALL } from './judge.ts';
import { page, REFUSED, unicodePath } from './refused.ts';
import { field, u64, zip, type Frame, type Part } from './zip-writer.ts';

describe('refused archives', () => {
  test.each(REFUSED)('%s refuses %s', async (_, __, bytes, code) => {
    const verdict = await judge(bytes);
    expect([verdict.verdict, verdict.code]).toEqual(['refuse', code]);
    expect(verdict.sentence).toMatch(/\.$/);
    expect(verdict.sentence).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]|\{|\?\)/);
  });
});

const unicode = { name: 'h\u00e9llo/\u4f60\u597d.html', data: 'x', flags: 0x800 };

/** Archives that must be accepted: SAFETY number, what it is, entries, frame. */
const ACCEPTED: [string, string, Part[], Frame?][] = [
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

describe('accepted archives', () => {
  test.each(ACCEPTED)('%s accepts %s', async (_, __, parts, frame) => {
    expect(await judge(zip(parts, frame))).toMatchObject({ verdict: 'accept', entries: parts.length });
  });

  test('Z8 accepts names that differ only in case, and says so', async () => {
    const { verdict, notes } = await judge(
      zip([
        { name: 'About.html', data: 'x' },
        { name: 'about.html', data: 'y' },
      ]),
    );
    expect([verdict, notes]).toEqual(['accept', [expect.stringContaining('differ only in upper and lower case')]]);
  });

  test('Z9 reads names of the old DOS encoding, and says so', async () => {
    const { verdict, notes } = await judge(zip([{ name: Buffer.from([0x82, 0x2e, 0x68]), data: 'x' }]));
    expect([verdict, notes]).toEqual(['accept', [expect.stringContaining('code page 437')]]);
  });

  test('Z20 turns the backslashes of PowerShell into folders, and says so', async () => {
    const { verdict, notes } = await judge(zip([{ name: 'css\\main.css', data: 'x', system: 0, attributes: 0 }]));
    expect([verdict, notes]).toEqual(['accept', [expect.stringContaining('backslashes')]]);
  });
});

describe('caps', () => {
  const big = Buffer.alloc(30_000, 1);
  test.each<[string, string, Part[], string]>([
    ['Z6', 'too many entries', Array.from({ length: 21 }, (_, index) => ({ name: `${index}` })), 'zip_count'],
    ['Z7', 'a file over the cap', [{ name: 'a', data: Buffer.alloc(30_001, 1), method: 0 }], 'zip_size'],
    ['Z7', 'files over the cap together', ['a', 'b'].map((name) => ({ name, data: big, method: 0 })), 'zip_size'],
    ['Z7', 'one file of a high ratio', [{ name: 'a', data: big }], 'zip_ratio'],
    [
      'Z7',
      'many files of a high ratio',
      ['a', 'b', 'c', 'd'].map((name) => ({ name, data: big.subarray(0, 9_000) })),
      'zip_ratio',
    ],
  ])('%s refuses %s', async (_, __, parts, code) => {
    expect((await judge(zip(parts), SMALL)).code).toBe(code);
  });

  test('Z6 refuses the archive that says it has a million entries, before its directory is read', async () => {
    const archive = zip([page], { zip64: true });
    archive.writeBigUInt64LE(1_000_000n, archive.length - 22 - 20 - 56 + 24);
    archive.writeBigUInt64LE(1_000_000n, archive.length - 22 - 20 - 56 + 32);
    expect((await judge(archive)).code).toBe('zip_count');
  });

  test('Z6 refuses a directory over its cap and an archive over its cap', async () => {
    const archive = zip([page]);
    expect((await judge(archive, { ...ARCHIVE_LIMITS, directoryBytes: 20 })).code).toBe('zip_count');
    expect((await judge(archive, { ...ARCHIVE_LIMITS, archiveBytes: 20 })).code).toBe('zip_size');
  });
});

/** Fifield's bomb: every file's data quotes the headers of the files after it and ends in one shared kernel. */
function quotedBomb(files: number): Buffer {
  const kernel = zip([{ name: 'kernel', data: Buffer.alloc(1 << 20) }]);
  const span = kernel.readUInt32LE(18);
  const parts: Part[] = Array.from({ length: files }, (_, index) => ({
    name: `file${index}`,
    only: 'central',
    central: { offset: 0, packed: span, size: 1 << 20, method: 8 },
  }));
  return zip([{ name: 'kernel', data: Buffer.alloc(1 << 20) }, ...parts]);
}

test('Z4 refuses overlapping spans before inflating, within 200 ms', async () => {
  const bomb = quotedBomb(5000);
  const { result, work } = await measured(() => judge(bomb));
  expect(result.code).toBe('zip_overlap');
  expect(work).toBeLessThan(200);
});

test('Z4 refuses an overlap of one byte', async () => {
  const archive = zip([
    { name: 'a', data: 'abcdef', method: 0, central: { packed: 7, size: 7 }, local: { packed: 7, size: 7 } },
    page,
  ]);
  expect((await judge(archive)).code).toBe('zip_overlap');
});

test('Z6 validates 50,000 entries within 2 s and refuses 65,536', async () => {
  const parts = Array.from(
    { length: 50_000 },
    (_, index): Part => ({ name: `assets/${index % 200}/file-${index}.txt`, data: 'x', method: 0 }),
  );
  const archive = zip(parts);
  const { result, work } = await measured(() => judge(archive));
  expect(result.entries).toBe(50_000);
  expect(work).toBeLessThan(2000);
  expect(
    (
      await judge(
        zip([...parts, ...Array.from({ length: 15_536 }, (_, index) => ({ name: `more/${index}` }))], { zip64: true }),
      )
    ).code,
  ).toBe('zip_count');
});
