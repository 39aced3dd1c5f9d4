import { describe, expect, it } from 'vitest';
import { createFrameReader } from './frames.ts';

const TEXT =
  ': stageflow\nretry: 2000\n\nid: 7\nevent: snapshot\ndata: {"position":7}\n\n: beat\n\nid: 8\nevent: scan.events.completed\ndata: {"a":"b: c"}\n\n';
const FRAMES = [
  { id: 7, event: 'snapshot', data: '{"position":7}' },
  { id: 8, event: 'scan.events.completed', data: '{"a":"b: c"}' },
];

describe('reading a stream of events', () => {
  it('gives the same frames however the network cuts the text', () => {
    for (let size = 1; size <= TEXT.length; size += 1) {
      const read = createFrameReader();
      const pieces = Array.from({ length: Math.ceil(TEXT.length / size) }, (_, n) =>
        TEXT.slice(n * size, (n + 1) * size),
      );
      expect(pieces.flatMap(read)).toEqual(FRAMES);
    }
  });

  it('keeps what is not whole yet, so that a frame that is cut off is never half believed', () => {
    const read = createFrameReader();
    expect(read('id: 9\nevent: x\ndata: {"half":')).toEqual([]);
  });
});
