import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { S3Store, createShareSigner, createUploadSigner, shareKeyExcess } from '../../../engine/artifact/index.ts';
import { presign } from '../../../engine/artifact/presign.ts';
import { type Clock, systemClock } from '../../../engine/kernel/index.ts';
import { type ObjectServer, withObjectServers } from '../../integration/store/object-server.ts';

const JOB = '01j9z3k4m5n6p7q8r9s0t1v2w3';
const KEY = `${JOB}/axe/evidence/page.html`;
const HOUR = 3_600_000;
const at = (shift: number): Clock => ({ ...systemClock, now: () => Date.now() + shift });
const status = async (url: string, init: RequestInit = {}) => {
  const answer = await fetch(url, init);
  await answer.arrayBuffer();
  return answer.status;
};

await withObjectServers('keys of the store', (start, kind) => {
  let server: ObjectServer;
  let store: S3Store;
  beforeAll(async () => {
    server = await start();
    store = new S3Store(server.settings);
    await store.prepare();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    await store.put('scanner-artifacts', KEY, Buffer.from('<script>'), { contentType: 'text/html' });
    await store.put('scanner-staging', 'staging/x.zip', Buffer.from('PK'));
  });

  const signed = (method: 'GET' | 'PUT', bucket: string, key: string, keys = server.settings.share) => {
    const { publicUrl, region } = server.settings;
    return presign({
      ...keys,
      method,
      bucket,
      key,
      origin: publicUrl,
      pathStyle: true,
      region,
      seconds: 60,
      now: Date.now(),
    });
  };

  it('L3 the key for shares can read artifacts and nothing else', async () => {
    expect(await status(signed('GET', 'scanner-artifacts', KEY))).toBe(200);
    expect(await shareKeyExcess(server.settings)).toEqual([]);
    expect(await status(signed('GET', 'scanner-staging', 'staging/x.zip'))).toBe(403);
    expect(await status(signed('PUT', 'scanner-artifacts', KEY), { method: 'PUT', body: 'x' })).toBe(403);
    expect(await status(signed('PUT', 'scanner-staging', 'staging/x.zip'), { method: 'PUT', body: 'x' })).toBe(403);
    expect((await store.head('scanner-artifacts', KEY))?.size).toBe(8);
  });

  it('L3 a key for shares that can do more is told apart', async () => {
    const { accessKey, secretKey } = server.settings;
    const excess = await shareKeyExcess({ ...server.settings, share: { accessKey, secretKey } });
    expect(excess).toEqual(expect.arrayContaining(['list artifacts', 'read staged archives', 'write artifacts']));
  });

  it('L3 the key for uploads can write staged archives and nothing else', async () => {
    const { upload } = server.settings;
    expect(await status(signed('GET', 'scanner-staging', 'staging/x.zip', upload))).toBe(403);
    expect(await status(signed('GET', 'scanner-artifacts', KEY, upload))).toBe(403);
    expect(await status(signed('PUT', 'scanner-artifacts', KEY, upload), { method: 'PUT', body: 'x' })).toBe(403);
    expect(await status(signed('PUT', 'scanner-staging', 'staging/y', upload), { method: 'PUT', body: 'x' })).toBe(200);
  });

  it('L4 an address ends when it says, and a longer one than allowed is never signed', async () => {
    const share = (shift: number) => createShareSigner(server.settings, at(shift));
    expect(await status(share(0)?.artifact(JOB, KEY) ?? '')).toBe(200);
    expect(await status(share(-61_000)?.artifact(JOB, KEY) ?? '')).toBe(403);
    expect(() => share(0)?.artifact(JOB, KEY, 61)).toThrow(expect.objectContaining({ code: 'bad_option' }));
    expect(() => share(0)?.report(JOB, 604_801)).toThrow(expect.objectContaining({ code: 'bad_option' }));
    await store.put('scanner-artifacts', `${JOB}/report.html`, Buffer.from('report'));
    expect(await status(share(-167 * HOUR)?.report(JOB, 604_800) ?? '')).toBe(200);
    expect(await status(share(-169 * HOUR)?.report(JOB, 604_800) ?? '')).toBe(403);
  });

  it('L3 an address holds for its own object and method only', async () => {
    const url = signed('GET', 'scanner-artifacts', KEY);
    expect(await status(url.replace('page.html', 'other.html'))).toBe(403);
    expect(await status(url.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000'))).toBe(403);
    expect(await status(url, { method: 'DELETE' })).toBe(403);
    expect(await status(url, { method: 'PUT', body: 'x' })).toBe(403);
  });

  it('U2 a scanned page is never shown by the store, whatever type it was stored with', async () => {
    const answer = await fetch(createShareSigner(server.settings, systemClock)?.artifact(JOB, KEY) ?? '');
    expect(await answer.text()).toBe('<script>');
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="page.html"');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
  });

  it('L7 strangers without a key can neither list, read, write nor remove', async () => {
    const base = `${server.settings.endpoint}/scanner-artifacts`;
    expect(await status(`${server.settings.endpoint}/`)).toBe(403);
    expect(await status(`${base}?list-type=2`)).toBe(403);
    expect(await status(`${base}/${KEY}`)).toBe(403);
    expect(await status(`${base}/${KEY}`, { method: 'PUT', body: 'x' })).toBe(403);
    expect(await status(`${base}/${KEY}`, { method: 'DELETE' })).toBe(403);
    expect((await store.head('scanner-artifacts', KEY))?.size).toBe(8);
  });

  /** Status of a put with a forged signature, in each of the three forms that servers have been fooled with. */
  const forge = async (accessKey: string, key = `scanner-artifacts/${JOB}/forged`): Promise<number[]> => {
    const { endpoint, region } = server.settings;
    const time = `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
    const credential = `${accessKey}/${time.slice(0, 8)}/${region}/s3/aws4_request`;
    const names = 'host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-trailer';
    const forged = 'f'.repeat(64);
    const headers = {
      'x-amz-date': time,
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '4',
      'x-amz-trailer': 'x-amz-checksum-crc32',
      'content-encoding': 'aws-chunked',
    };
    // The checksum is right: nothing but the signature may be a reason to refuse.
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32('evil'));
    const body = `4\r\nevil\r\n0\r\nx-amz-checksum-crc32:${crc.toString('base64')}\r\n\r\n`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${forged}`;
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': credential,
      'X-Amz-Date': time,
      'X-Amz-Expires': '600',
      'X-Amz-SignedHeaders': names,
      'X-Amz-Signature': forged,
    });
    const target = `${endpoint}/${key}`;
    const answers: number[] = [];
    for (const request of [
      { url: target, headers: { ...headers, authorization } },
      { url: `${target}?${query}`, headers },
      { url: target, headers: { ...headers, authorization, 'x-amz-meta-snowball-auto-extract': 'true' } },
    ])
      answers.push(await status(request.url, { method: 'PUT', headers: request.headers, body }));
    return answers;
  };

  it('L1 whoever knows the name of the key for shares writes nothing with a forged signature', async () => {
    expect(await forge(server.settings.share.accessKey)).toEqual([403, 403, 403]);
    expect(await store.head('scanner-artifacts', `${JOB}/forged`)).toBeNull();
  });

  it('L1 and with that of the key for uploads nothing but what that key is for', async () => {
    expect(await forge(server.settings.upload.accessKey)).toEqual([403, 403, 403]);
    expect(await store.head('scanner-artifacts', `${JOB}/forged`)).toBeNull();
  });

  // MinIO's last public state takes such objects (CVE-2026-41145): why the name of the engine's own key is in no address, and why the guide gives
  // no key for uploads to a MinIO.
  it.skipIf(kind === 'minio')('L1 nor does one who knows the name of the own key (MinIO fails this)', async () => {
    expect(await forge(server.settings.accessKey)).toEqual([403, 403, 403]);
    expect(await store.head('scanner-artifacts', `${JOB}/forged`)).toBeNull();
  });
  it.skipIf(kind === 'minio')(
    'L1 nor a staged archive with that of the key for uploads (MinIO fails this)',
    async () => {
      expect(await forge(server.settings.upload.accessKey, 'scanner-staging/staging/forged')).toEqual([403, 403, 403]);
      expect(await store.head('scanner-staging', 'staging/forged')).toBeNull();
    },
  );

  it('an upload is taken with exactly the announced length and type', async () => {
    const bytes = Buffer.from('PK an archive');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const upload = createUploadSigner(server.settings, systemClock)?.archive(JOB, 'dist.zip', {
      size: bytes.length,
      sha256,
    });
    const send = (body: Buffer, headers = upload?.headers ?? {}) =>
      status(upload?.url ?? '', { method: 'PUT', body: new Uint8Array(body), headers: { ...headers } });
    expect(await send(Buffer.concat([bytes, bytes]))).toBe(403);
    expect(await send(bytes.subarray(1))).toBe(403);
    expect(await send(bytes, { 'content-type': 'text/html' })).toBe(403);
    expect(await store.head('scanner-staging', upload?.key ?? '')).toBeNull();
    expect(await send(bytes)).toBe(200);
    expect(await store.head('scanner-staging', upload?.key ?? '')).toEqual({ size: bytes.length });
  });

  it('L1 no address names the key of the store itself', () => {
    const share = createShareSigner(server.settings, systemClock);
    const upload = createUploadSigner(server.settings, systemClock);
    const made = [
      share?.artifact(JOB, KEY),
      share?.report(JOB, 60),
      upload?.archive(JOB, 'a.zip', { size: 1, sha256: 'a'.repeat(64) }).url,
    ];
    expect(made.filter((url) => url !== undefined)).toHaveLength(3);
    expect(made.join(' ')).not.toContain(server.settings.accessKey);
  });
});
