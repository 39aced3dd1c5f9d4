import { expect, it } from 'vitest';
import { timelineOf } from '../timeline.ts';

const JPEG = 'data:image/jpeg;base64,/9j/4AAQ';
const audits = {
  'screenshot-thumbnails': {
    details: {
      items: [
        { timing: 300, data: JPEG },
        { timing: 600, data: JPEG },
        { timing: 900, data: `${JPEG}AA` },
      ],
    },
  },
  metrics: {
    details: { items: [{ observedFirstContentfulPaint: 210.4, observedLoad: 700, firstContentfulPaint: 9000 }] },
  },
  'network-requests': {
    details: {
      items: [
        {
          url: 'http://a.example/',
          resourceType: 'Document',
          networkRequestTime: 1.2,
          networkEndTime: 90.6,
          transferSize: 512,
          statusCode: 200,
        },
        {
          url: 'http://a.example/gone.js',
          resourceType: 'Script',
          networkRequestTime: 20,
          networkEndTime: 40,
          transferSize: 0,
          statusCode: -1,
        },
        { url: 'data:image/png;base64,xx', networkRequestTime: 1, networkEndTime: 2 },
      ],
    },
  },
};

it('a timeline shows what the browser saw: pictures that differ, moments that were observed, requests over the wire', () => {
  expect(timelineOf(audits)).toEqual({
    end: 900,
    frames: [
      { at: 300, picture: JPEG },
      { at: 900, picture: `${JPEG}AA` },
    ],
    marks: [
      { name: 'First content', at: 210 },
      { name: 'Loaded', at: 700 },
    ],
    requests: [
      { url: 'http://a.example/', kind: 'document', start: 1, end: 91, bytes: 512, status: 200 },
      { url: 'http://a.example/gone.js', kind: 'script', start: 20, end: 40, bytes: 0, status: null },
    ],
  });
});

it('a result without these audits gives an empty timeline', () => {
  expect(timelineOf({})).toEqual({ end: 0, frames: [], marks: [], requests: [] });
});
