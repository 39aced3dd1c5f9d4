import { describe, expect, it } from 'vitest';
import type { Box, Occurrence, ScannerFinding } from '@stageflow/engine/sdk';
import { boxName, cropsWanted, whyNoCrop } from '../crops.ts';
import { pictureOf } from '../picture.ts';

const box = (y: number): Box => ({ x: 0, y, width: 40, height: 10 });
const finding = (outcome: ScannerFinding['outcome'], ...ys: number[]) =>
  ({ outcome, occurrences: ys.map((y): Occurrence => ({ box: box(y) })) }) as unknown as ScannerFinding;
const boxOf = (o: Occurrence) => o.box ?? null;
const ys = (wanted: ReadonlyMap<string, Box>) => [...wanted.values()].map(({ y }) => y);

describe('choosing what is cropped', () => {
  it('takes the first place of every finding before the second of any, failures before reviews', () => {
    const found = [finding('needs-review', 1, 2), finding('fail', 10, 11, 12, 13), finding('fail', 20)];
    expect(ys(cropsWanted(found, boxOf))).toEqual([10, 20, 1, 11, 2, 12]);
    expect(ys(cropsWanted(found, boxOf, 2))).toEqual([10, 20]);
  });

  it('cuts one picture for all that lies in one box, and none for what is not seen', () => {
    expect(ys(cropsWanted([finding('fail', 5), finding('fail', 5)], boxOf))).toEqual([5]);
    expect(cropsWanted([finding('fail', 5)], () => null).size).toBe(0);
    expect(boxName(box(5))).not.toBe(boxName(box(6)));
  });

  it('says why an element has none', () => {
    const picture = { width: 100, height: 100 };
    expect(whyNoCrop(null, picture, false)).toBe('hidden');
    expect(whyNoCrop(box(500), picture, true)).toBe('outside');
    expect(whyNoCrop({ ...box(5), x: -9999 }, picture, true)).toBe('outside');
    expect(whyNoCrop(box(5), picture, false)).toBe('limit');
    expect(whyNoCrop(box(5), picture, true)).toBe('failed');
    expect(whyNoCrop(box(5), null, true)).toBe('failed');
  });
});

describe('the size of a stored picture', () => {
  const frame = [0xff, 0xc2, 0, 11, 8, 0x03, 0x20, 0x05, 0x00, 1, 1, 0x11, 0];
  const comment = [0xff, 0xfe, 0, 4, 0xff, 0xc0];

  it('is read from its frame, past what other parts hold', () => {
    expect(pictureOf(Buffer.from([0xff, 0xd8, ...comment, ...frame]))).toMatchObject({ width: 1280, height: 800 });
  });

  it('is unknown for what is no picture, or breaks off', () => {
    for (const bytes of [[], [0xff, 0xd8], [0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0], [0xff, 0xd8, ...comment, 0xff, 0xc2]])
      expect(pictureOf(Buffer.from(bytes))).toBeNull();
  });
});
