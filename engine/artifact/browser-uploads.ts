import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Client } from 'minio';
import { presign } from './presign.ts';
import { storeError } from './receive.ts';
import { connectS3, isAnswer, patiently } from './s3-client.ts';
import type { S3Settings } from './s3-settings.ts';

const RULE = 'stageflow-uploads';
const BUCKET = 'scanner-staging';
/** Seconds for which a browser may remember the permission. */
const REMEMBERED = 600;

/** One rule: pages of one origin may send archives and read nothing back. An origin has no character that XML would need escaped. */
const rulesFor = (origin: string) =>
  `<CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><CORSRule><ID>${RULE}</ID><AllowedOrigin>${origin}</AllowedOrigin><AllowedMethod>PUT</AllowedMethod><AllowedHeader>content-type</AllowedHeader><MaxAgeSeconds>${REMEMBERED}</MaxAgeSeconds></CORSRule></CORSConfiguration>`;

/**
 * Asks the store to let pages of `origin` send presigned uploads to it, and looks whether it does: some stores have no such rules, and some let every
 * origin. False when a browser would be refused: then archives of people go through our own server. Rules of the bucket's owner are left
 * as they are. Throws `store_failed` when the store does not answer.
 */
export async function allowBrowserUploads(settings: S3Settings, origin: string): Promise<boolean> {
  if (settings.upload === null) return false;
  try {
    await setRule(await connectS3(settings), origin);
    return await preflight(settings, origin);
  } catch (error) {
    throw storeError(error);
  }
}

async function setRule(client: Client, origin: string): Promise<void> {
  const ask = { bucketName: BUCKET, query: 'cors' } as const;
  try {
    const present = await patiently(async () =>
      buffer(await client.makeRequestAsync({ ...ask, method: 'GET' }, '', [200])),
    ).catch((error: unknown) => {
      // An answer means that there are none.
      if (isAnswer(error)) return null;
      throw error;
    });
    if (present !== null && !present.toString().includes(`<ID>${RULE}</ID>`)) return;
    const rules = rulesFor(origin);
    const headers = { 'content-md5': createHash('md5').update(rules).digest('base64') };
    await patiently(async () =>
      buffer(await client.makeRequestAsync({ ...ask, method: 'PUT', headers }, rules, [200])),
    );
  } catch (error) {
    // An answer means "not here", and what the store does anyway is seen by asking as a browser does; silence means that it is down.
    if (!isAnswer(error)) throw error;
  }
}

/** Asks as a browser does before it sends. */
async function preflight(settings: S3Settings, origin: string): Promise<boolean> {
  const { endpoint, region, pathStyle = true, upload, timeoutMs = 30_000 } = settings;
  if (upload === null) return false;
  const url = presign({
    ...upload,
    method: 'PUT',
    origin: endpoint,
    pathStyle,
    region,
    bucket: BUCKET,
    key: 'staging/canary/preflight',
    seconds: 60,
    now: Date.now(),
    headers: { 'content-type': 'application/zip' },
  });
  const headers = {
    origin,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'content-type',
  };
  const answer = await fetch(url, { method: 'OPTIONS', headers, signal: AbortSignal.timeout(timeoutMs) });
  await answer.body?.cancel();
  const allowed = (name: string) => (answer.headers.get(`access-control-allow-${name}`) ?? '').toLowerCase();
  return (
    answer.ok &&
    ['*', origin.toLowerCase()].includes(allowed('origin')) &&
    allowed('methods').includes('put') &&
    /\*|content-type/.test(allowed('headers'))
  );
}
