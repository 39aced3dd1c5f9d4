import { describe, expect, it } from 'vitest';
import { readLinkGraph, readTimeline } from './drawing.ts';

const JPEG = 'data:image/jpeg;base64,/9j/4AAQ';

describe('a timeline', () => {
  const sound = {
    end: 900,
    frames: [{ at: 300, picture: JPEG }],
    marks: [{ name: 'First paint', at: 250 }],
    requests: [{ url: 'http://a.example/', kind: 'document', start: 0, end: 900, bytes: 10, status: 200 }],
  };
  it('that is sound reads back as it was written', () => {
    expect(readTimeline(structuredClone(sound))).toEqual(sound);
  });
  it.each([
    ['a script as a picture', { frames: [{ at: 1, picture: 'data:text/html,<script>' }] }],
    ['an SVG as a picture', { frames: [{ at: 1, picture: 'data:image/svg+xml;base64,PHN2Zz4=' }] }],
    ['an address as a picture', { frames: [{ at: 1, picture: 'https://a.example/x.jpg' }] }],
    ['a picture that breaks out', { frames: [{ at: 1, picture: `${JPEG}" onerror="alert(1)` }] }],
  ])('loses %s', (_, part) => {
    expect(readTimeline({ ...sound, ...part })?.frames).toEqual([]);
  });
  it.each([null, 7, 'x', [], {}, { requests: [{ url: 'x', start: 5, end: 2 }] }, { marks: [{ name: 'x', at: -1 }] }])(
    'is none in %j',
    (value) => expect(readTimeline(value)).toBeNull(),
  );
  it('ends where its last part ends, whatever it says', () => {
    expect(readTimeline({ ...sound, end: 1e9 })?.end).toBe(900);
  });
});

describe('a link graph', () => {
  it('keeps only links between pages that it names', () => {
    const graph = readLinkGraph({
      pages: ['p1', 'p2'],
      links: [[0, 1], [1, 7], [0.5, 0], 'x', [-1, 0]],
      broken: [{ url: 'http://a.example/gone', status: 404, reason: 'not found', from: [1, 9] }],
      left: 3,
    });
    expect(graph).toEqual({
      pages: ['p1', 'p2'],
      links: [[0, 1]],
      broken: [{ url: 'http://a.example/gone', status: 404, reason: 'not found', from: [1] }],
      left: 3,
    });
  });
  it.each([null, 'x', {}, { pages: 'p1' }])('is none in %j', (value) => expect(readLinkGraph(value)).toBeNull());
});
