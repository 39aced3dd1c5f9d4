import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * The few answers of an S3 server that the store relies on, on loopback: buckets, puts in one or many parts, gets, heads, deletes and
 * paged lists. It checks no signature and knows no rules for lifetimes; the real servers are in the integration suite.
 */
export function s3StandIn(): { readonly server: Server; readonly unfinished: () => number } {
  const buckets = new Map<string, Map<string, Buffer>>();
  const uploads = new Map<string, Buffer[]>();

  const refuse = (response: ServerResponse, status: number, code: string) =>
    response
      .writeHead(status, { 'content-type': 'application/xml' })
      .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);

  const list = (objects: Map<string, Buffer>, query: URLSearchParams) => {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? '';
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, 3);
    const more = keys.length > page.length;
    const contents = page.map(
      (key) =>
        `<Contents><Key>${key}</Key><Size>${objects.get(key)?.length}</Size><ETag>"x"</ETag><LastModified>${new Date().toISOString()}</LastModified></Contents>`,
    );
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    return `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
  };

  const xml = (response: ServerResponse, text: string) =>
    response.writeHead(200, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${text}`);

  /** One object from several requests; true when this request is one of them. */
  const inParts = (
    { method }: IncomingMessage,
    { searchParams: query, pathname }: URL,
    put: (bytes: Buffer) => void,
    body: Buffer,
    response: ServerResponse,
  ): boolean => {
    const id = query.get('uploadId') ?? '';
    const parts = uploads.get(id);
    if (query.has('uploads') && method === 'GET') {
      xml(response, '<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>');
    } else if (query.has('uploads')) {
      const made = `u${uploads.size}${Math.random()}`;
      uploads.set(made, []);
      xml(response, `<InitiateMultipartUploadResult><UploadId>${made}</UploadId></InitiateMultipartUploadResult>`);
    } else if (id === '') {
      return false;
    } else if (parts === undefined) {
      refuse(response, 404, 'NoSuchUpload');
    } else if (method === 'PUT') {
      parts[Number(query.get('partNumber')) - 1] = body;
      response.writeHead(200, { etag: `"${createHash('md5').update(body).digest('hex')}"` }).end();
    } else {
      if (method === 'POST') put(Buffer.concat(parts));
      uploads.delete(id);
      if (method === 'DELETE') response.writeHead(204).end();
      else
        xml(
          response,
          `<CompleteMultipartUploadResult><Location>${pathname}</Location><ETag>"x"</ETag></CompleteMultipartUploadResult>`,
        );
    }
    return true;
  };

  const answer = (request: IncomingMessage, body: Buffer, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://s3');
    const [, bucket = '', ...rest] = decodeURIComponent(url.pathname).split('/');
    const key = rest.join('/');
    const objects = buckets.get(bucket);
    if (key === '' && request.method === 'PUT') {
      buckets.set(bucket, objects ?? new Map());
      response.end();
    } else if (objects === undefined) {
      refuse(response, 404, 'NoSuchBucket');
    } else if (url.searchParams.has('lifecycle')) {
      refuse(response, 501, 'NotImplemented');
    } else if (inParts(request, url, (bytes) => objects.set(key, bytes), body, response)) {
      return;
    } else if (url.searchParams.has('delete')) {
      for (const [, name] of body.toString().matchAll(/<Key>([^<]+)<\/Key>/g)) objects.delete(name ?? '');
      xml(response, '<DeleteResult/>');
    } else if (key === '' && request.method === 'HEAD') {
      response.end();
    } else if (key === '') {
      xml(response, list(objects, url.searchParams));
    } else if (request.method === 'PUT') {
      objects.set(key, body);
      response.writeHead(200, { etag: `"${createHash('md5').update(body).digest('hex')}"` }).end();
    } else if (request.method === 'DELETE') {
      objects.delete(key);
      response.writeHead(204).end();
    } else {
      const found = objects.get(key);
      if (found === undefined) refuse(response, 404, 'NoSuchKey');
      else {
        const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
        const part = range === null ? found : found.subarray(Number(range[1]), Number(range[2]) + 1);
        response.writeHead(range === null ? 200 : 206, {
          'content-length': part.length,
          etag: '"x"',
          'last-modified': new Date().toUTCString(),
        });
        response.end(request.method === 'HEAD' ? undefined : part);
      }
    }
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, Buffer.concat(chunks), response));
  });
  return { server, unfinished: () => uploads.size };
}
