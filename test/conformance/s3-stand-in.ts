import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * The few answers of an S3 server that the store relies on, on loopback: buckets, single puts, gets, heads, deletes and paged lists.
 * It checks no signature and knows no multipart; real servers join the suite beside it.
 */
export function s3StandIn(): { readonly server: Server; readonly requests: string[] } {
  const buckets = new Map<string, Map<string, Buffer>>();
  const requests: string[] = [];

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
        `<Contents><Key>${key}</Key><Size>${objects.get(key)?.length}</Size><ETag>"x"</ETag><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>`,
    );
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
  };

  const answer = (request: IncomingMessage, body: Buffer, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://s3');
    const [, bucket = '', ...rest] = decodeURIComponent(url.pathname).split('/');
    const key = rest.join('/');
    const objects = buckets.get(bucket);
    requests.push(`${request.method} ${url.pathname}`);
    if (key === '' && request.method === 'PUT') {
      buckets.set(bucket, objects ?? new Map());
      response.end();
    } else if (objects === undefined) {
      refuse(response, 404, 'NoSuchBucket');
    } else if (key === '' && request.method === 'HEAD') {
      response.end();
    } else if (key === '') {
      response.writeHead(200, { 'content-type': 'application/xml' }).end(list(objects, url.searchParams));
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
        response.writeHead(200, {
          'content-length': found.length,
          etag: '"x"',
          'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
        });
        response.end(request.method === 'HEAD' ? undefined : found);
      }
    }
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, Buffer.concat(chunks), response));
  });
  return { server, requests };
}
