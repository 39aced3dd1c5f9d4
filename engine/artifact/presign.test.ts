import { describe, expect, it } from 'vitest';
import { deliveryOf } from './delivery.ts';
import { presign } from './presign.ts';

const example = {
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  method: 'GET',
  origin: 'https://s3.amazonaws.com',
  pathStyle: false,
  region: 'us-east-1',
  bucket: 'examplebucket',
  key: 'test.txt',
  seconds: 86_400,
  now: Date.UTC(2013, 4, 24),
} as const;

describe('a presigned address', () => {
  it('has the signature of the example in the protocol description', () => {
    const url = new URL(presign(example));
    expect(url.host).toBe('examplebucket.s3.amazonaws.com');
    expect(url.searchParams.get('X-Amz-Signature')).toBe(
      'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    );
  });

  it('never holds the secret, and changes with everything it allows', () => {
    const variants = [
      {},
      { method: 'PUT' },
      { key: 'other' },
      { seconds: 60 },
      { pathStyle: true },
      { query: { 'response-content-type': 'text/plain' } },
      { headers: { 'content-length': '5' } },
    ] as const;
    const urls = variants.map((variant) => presign({ ...example, ...variant }));
    expect(new Set(urls.map((url) => new URL(url).searchParams.get('X-Amz-Signature'))).size).toBe(variants.length);
    expect(urls.join(' ')).not.toContain(example.secretKey);
    expect(urls.at(-1)).toContain('X-Amz-SignedHeaders=content-length%3Bhost');
  });
});

describe('U2 how an artifact is handed to a browser', () => {
  it.each([
    ['j/axe/evidence/a.png', 'image/png', 'inline; filename="a.png"'],
    ['j/report.json', 'application/json', 'inline; filename="report.json"'],
    ['j/report.html', 'application/octet-stream', 'attachment; filename="report.html"'],
    ['j/x/evidence/a.svg', 'application/octet-stream', 'attachment; filename="a.svg"'],
    ['j/x/a.png.html', 'application/octet-stream', 'attachment; filename="a.png.html"'],
    ['j/noending', 'application/octet-stream', 'attachment; filename="noending"'],
    ['j/a"\r\nX: y.png', 'image/png', 'inline; filename="a___X__y.png"'],
  ])('%j is %s', (key, contentType, disposition) => {
    expect(deliveryOf(key)).toEqual({ contentType, disposition });
  });
});
