import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ARCHIVE_LIMITS, mostUnpacked } from '@stageflow/engine/sdk';
import { ACCEPTED } from './accepted.ts';
import { judge, measured, SMALL } from './judge.ts';
import { page, REFUSED } from './refused.ts';
import { zip, type Part } from './zip-writer.ts';

describe('refused archives', () => {
  test.each(REFUSED)('%s refuses %s', async (_, __, bytes, code) => {
    const verdict = await judge(bytes);
    expect([verdict.verdict, verdict.code]).toEqual(['refuse', code]);
    expect(verdict.sentence).toMatch(/\.$/);
    expect(verdict.sentence).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]|\{|\?\)/);
  });
});

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

  // 19.9 MiB that unpack to 881 MiB are accepted, and once died in a tmpfs of 20 times the archive.
  test('Z7 leaves room for whatever it accepts, however well it is packed', async () => {
    expect(mostUnpacked(19.9 * 2 ** 20)).toBeGreaterThan(881 * 2 ** 20);
    expect(mostUnpacked(ARCHIVE_LIMITS.archiveBytes)).toBe(ARCHIVE_LIMITS.totalBytes);
    let closest = 0;
    for (let random = 0; random <= 1_000; random += 20) {
      const archive = zip([{ name: 'a', data: Buffer.concat([randomBytes(random), big.subarray(random)]) }]);
      const { verdict, bytes } = await judge(archive, SMALL);
      if (verdict !== 'accept') continue;
      expect(bytes).toBeLessThanOrEqual(mostUnpacked(archive.length, SMALL));
      closest = Math.max(closest, bytes / archive.length);
    }
    expect(closest).toBeGreaterThan(20);
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
