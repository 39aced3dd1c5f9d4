import { describe, expect, it } from 'vitest';
import { readS3Settings } from './s3-settings.ts';

const base = {
  STAGEFLOW_S3_ENDPOINT: 'https://s3.example.com:9000',
  STAGEFLOW_S3_ACCESS_KEY: 'engine',
  STAGEFLOW_S3_SECRET_KEY: 'engine-secret',
};
const share = { STAGEFLOW_S3_SHARE_ACCESS_KEY: 'reader', STAGEFLOW_S3_SHARE_SECRET_KEY: 'reader-secret' };
const noFiles = (): string => {
  throw new Error('no such file');
};
const read = (more: Record<string, string> = {}, readFile: (path: string) => string = noFiles) =>
  readS3Settings({ ...base, ...more }, readFile);

describe('settings of the S3 store', () => {
  it('are none without an endpoint', () => {
    expect(readS3Settings({}, noFiles)).toBeNull();
    expect(readS3Settings({ STAGEFLOW_S3_ENDPOINT: ' ' }, noFiles)).toBeNull();
  });

  it('have what most servers want when little is said', () => {
    expect(read()).toEqual({
      endpoint: 'https://s3.example.com:9000',
      region: 'us-east-1',
      accessKey: 'engine',
      secretKey: 'engine-secret',
      pathStyle: true,
      stagingDays: 7,
      publicUrl: 'https://s3.example.com:9000',
      share: null,
      upload: null,
    });
    expect(read(share)?.share).toEqual({ accessKey: 'reader', secretKey: 'reader-secret' });
  });

  it('take a key from a file, without the line end', () => {
    const { STAGEFLOW_S3_SECRET_KEY: _, ...rest } = base;
    const named = { ...rest, STAGEFLOW_S3_SECRET_KEY_FILE: '/run/secrets/s3' };
    expect(readS3Settings(named, (path) => `from ${path}\n`)?.secretKey).toBe('from /run/secrets/s3');
    expect(() => readS3Settings(named, noFiles)).toThrow(/cannot be read/);
    expect(() => readS3Settings(named, () => '\n')).toThrow(/is empty/);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['an address with a path', { STAGEFLOW_S3_PUBLIC_URL: 'https://example.com/s3' }, /scheme, host and port only/],
    ['an address that is none', { STAGEFLOW_S3_ENDPOINT: 's3.example.com' }, /not an http/],
    ['half a pair', { STAGEFLOW_S3_SHARE_ACCESS_KEY: 'reader' }, /missing beside/],
    ['a key and its file', { STAGEFLOW_S3_SECRET_KEY_FILE: '/x' }, /set one of them/],
    ['L7 a key that everybody knows', { STAGEFLOW_S3_SECRET_KEY: 'minioadmin' }, /everybody knows/],
    ['L3 the own key for shares', { ...share, STAGEFLOW_S3_SHARE_ACCESS_KEY: 'engine' }, /key of their own/],
    ['a broken number of days', { STAGEFLOW_S3_STAGING_DAYS: '0.5' }, /whole days/],
    ['another path style', { STAGEFLOW_S3_PATH_STYLE: 'yes' }, /true or false/],
  ])('refuse %s, and never say a secret', (_, more, words) => {
    let refusal: unknown = null;
    try {
      read(more);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: 'bad_option', message: expect.stringMatching(words) });
    expect(String(refusal)).not.toMatch(/engine-secret|reader-secret|minioadmin/);
  });
});
