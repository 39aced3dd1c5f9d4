import { createHash } from 'node:crypto';
import type { Client } from 'minio';
import { PART_BYTES, patiently } from './s3-client.ts';
import type { PutOptions } from './store.ts';

/** Cuts a body into parts of `size` bytes (the last may be shorter); holds one part and one chunk in memory. */
export async function* inParts(
  body: AsyncIterable<Uint8Array>,
  size: number = PART_BYTES,
): AsyncGenerator<Buffer<ArrayBuffer>> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (let chunk of body) {
    while (bytes + chunk.length >= size) {
      const cut = size - bytes;
      yield Buffer.concat([...held, chunk.subarray(0, cut)], size);
      held = [];
      bytes = 0;
      chunk = chunk.subarray(cut);
    }
    if (chunk.length > 0) held.push(chunk);
    bytes += chunk.length;
  }
  if (bytes > 0) yield Buffer.concat(held, bytes);
}

/**
 * Stores the parts as one object, which appears whole at the end or not at all: when the body or the server fails, the parts that
 * were sent are taken back. Each upload is its own, so that writers of one key never mix their parts.
 */
export async function putInParts(
  client: Client,
  bucket: string,
  key: string,
  parts: AsyncIterable<Buffer>,
  { headers, assertStill }: { readonly headers: Record<string, string> } & Pick<PutOptions, 'assertStill'>,
): Promise<void> {
  const upload = await patiently(() => client.initiateNewMultipartUpload(bucket, key, { ...headers }));
  try {
    const sent: { part: number; etag: string }[] = [];
    for await (const part of parts) {
      const at = {
        bucketName: bucket,
        objectName: key,
        uploadID: upload,
        partNumber: sent.length + 1,
        // The server compares, so that a part damaged on the way is refused.
        headers: { 'content-length': part.length, 'content-md5': createHash('md5').update(part).digest('base64') },
      };
      const { etag } = await patiently(() => client.uploadPart({ ...at, headers: { ...at.headers } }, part));
      sent.push({ part: at.partNumber, etag });
    }
    assertStill?.();
    await client.completeMultipartUpload(bucket, key, upload, sent);
  } catch (error) {
    // What cannot be taken back now is swept when it is a day old.
    await client.abortMultipartUpload(bucket, key, upload).catch(() => {});
    throw error;
  }
}

/** Takes back uploads in parts below `prefix` that nobody is sending any more, which is for `isOver` to say (`begun` in milliseconds since the epoch, by the store's clock). */
export async function abortUploads(
  client: Client,
  bucket: string,
  prefix: string,
  isOver: (key: string, begun: number) => boolean,
): Promise<void> {
  let keyMarker = '';
  let uploadMarker = '';
  for (let more = true; more; ) {
    const page = await client.listIncompleteUploadsQuery(bucket, prefix, keyMarker, uploadMarker, '');
    for (const { key, uploadId, initiated } of page.uploads) {
      if (isOver(key, new Date(initiated).getTime()))
        // It may have been completed meanwhile.
        await client.abortMultipartUpload(bucket, key, uploadId).catch(() => {});
    }
    more = page.isTruncated;
    keyMarker = page.nextKeyMarker;
    uploadMarker = page.nextUploadIdMarker;
  }
}
