import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bufferSource, validateArchive } from '../../../scanners/runtime/extractor/validate/index.ts';
import { ArchiveRefusal } from '../../../scanners/runtime/extractor/refusal.ts';
import { unpackEntry } from '../../../scanners/runtime/extractor/unpack/index.ts';
import { judge, SMALL } from './judge.ts';
import { field, u64, zip } from './zip-writer.ts';

const html = (n: number) => `<!doctype html><title>${n}</title>${'<p>word '.repeat(20)}`;
/** Good archives of every form that the validator knows. */
const SEEDS = [
  zip([
    { name: 'index.html', data: html(1) },
    { name: 'a/', data: '' },
    { name: 'a/b.css', data: 'p{}', method: 0 },
  ]),
  zip([
    { name: 'index.html', data: html(2), descriptor: 'signed' },
    { name: 'b.html', data: html(3), descriptor: 'bare' },
  ]),
  zip([{ name: 'index.html', data: html(4), extra: field(0x5455, Buffer.alloc(5)) }], {
    zip64: true,
    comment: Buffer.from('hello'),
  }),
  zip([
    {
      name: 'w',
      data: html(5),
      descriptor: 'wide',
      local: { size: 0xffffffff, packed: 0xffffffff, extra: field(1, u64(0), u64(0)) },
    },
  ]),
  zip([
    { name: 'h\u00e9.html', data: html(6), flags: 0x800 },
    { name: Buffer.from([0x82]), data: 'x' },
  ]),
];

describe('Z15 a truncated archive', () => {
  test.each(SEEDS.map((seed, index) => [index, seed] as const))(
    'is refused at every length (seed %i)',
    async (_, seed) => {
      for (let length = 0; length < seed.length; length += 1) {
        const verdict = await judge(seed.subarray(0, length));
        expect(verdict.verdict, `cut at ${length}`).toBe('refuse');
      }
      expect((await judge(seed)).verdict).toBe('accept');
    },
  );
});

/** One change: flip, overwrite with a telling value, insert, remove, or copy a stretch elsewhere. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat(7) }),
  fc.record({
    kind: fc.constant('set' as const),
    at: fc.nat(),
    value: fc.constantFrom(0, 1, 0x7f, 0xff, 0xffff, 0xffffffff),
    width: fc.constantFrom(1, 2, 4),
  }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), bytes: fc.uint8Array({ maxLength: 8 }) }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat(), length: fc.nat(8) }),
  fc.record({ kind: fc.constant('splice' as const), at: fc.nat(), from: fc.nat(), length: fc.nat(64) }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function mutate(bytes: Buffer, done: Change): Buffer {
  const at = done.at % bytes.length;
  const head = bytes.subarray(0, at);
  switch (done.kind) {
    case 'flip': {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ (1 << done.bit);
      return copy;
    }
    case 'set': {
      const copy = Buffer.from(bytes);
      const width = Math.min(done.width, bytes.length - at);
      copy.writeUIntLE(done.value % 256 ** width, at, width);
      return copy;
    }
    case 'insert':
      return Buffer.concat([head, done.bytes, bytes.subarray(at)]);
    case 'remove':
      return bytes.length - done.length < 1 ? bytes : Buffer.concat([head, bytes.subarray(at + done.length)]);
    case 'splice': {
      const from = done.from % bytes.length;
      return Buffer.concat([head, bytes.subarray(from, from + done.length), bytes.subarray(at)]);
    }
  }
}

/** Unpacks, counting what is given out; answers null when refused. */
async function unpackAll(bytes: Buffer): Promise<{ names: string[]; bytes: number; promised: number } | null> {
  let given = 0;
  let promised = 0;
  try {
    const source = bufferSource(bytes);
    const { entries } = validateArchive(source, SMALL);
    for (const entry of entries) {
      promised += entry.size;
      await unpackEntry(source, entry, (part) => (given += part.length));
    }
    return { names: entries.map(({ path }) => path), bytes: given, promised };
  } catch (error) {
    expect(error).toBeInstanceOf(ArchiveRefusal);
    expect(given).toBeLessThanOrEqual(promised);
    return null;
  }
}

test('Z18 a mutated archive is refused or contained: no crash, no escape, nothing over its limits', async () => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...SEEDS),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async (seed, changes) => {
        const result = await unpackAll(changes.reduce(mutate, seed));
        if (result === null) {
          refused += 1;
          return;
        }
        expect(result.bytes).toBe(result.promised);
        expect(result.bytes).toBeLessThanOrEqual(SMALL.totalBytes);
        for (const name of result.names) expect(name).not.toMatch(/^\/|(^|\/)\.\.?(\/|$)|\/\/|[\u0000-\u001f\u007f\\]/);
      },
    ),
    { numRuns: 5000, seed: 18 },
  );
  expect(refused).toBeGreaterThan(4000);
}, 60_000);
