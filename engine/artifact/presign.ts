import { createHash, createHmac } from 'node:crypto';
import type { S3Keys } from './s3-settings.ts';

/** What a presigned address allows. */
export interface PresignRequest extends S3Keys {
  readonly method: 'GET' | 'PUT';
  /** Scheme, host and port under which the store is reached by whoever gets the address. */
  readonly origin: string;
  readonly pathStyle: boolean;
  readonly region: string;
  readonly bucket: string;
  readonly key: string;
  /** How long it holds, in seconds: 1 to 604,800, the protocol's own limit. */
  readonly seconds: number;
  /** Now, in milliseconds since the epoch. */
  readonly now: number;
  /** What the answer is to say of itself, for example `response-content-type`. */
  readonly query?: Readonly<Record<string, string>>;
  /** Headers that the request has to bear with exactly these values; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

const hex = (text: string) => createHash('sha256').update(text).digest('hex');
const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
/** The protocol escapes everything but unreserved characters, more than the language's own function does. */
const escape = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * An address that lets its bearer do one thing with one object for a while (AWS Signature Version 4 in the query). Pure: nothing is
 * asked of the store. The client library leaves length and type out of what it signs, which would let an upload be of any size.
 */
export function presign(request: PresignRequest): string {
  const { protocol, host } = new URL(request.origin);
  const server = request.pathStyle ? host : `${request.bucket}.${host}`;
  const path = [...(request.pathStyle ? [request.bucket] : []), ...request.key.split('/')].map(escape).join('/');
  const time = `${new Date(request.now).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const day = time.slice(0, 8);
  const scope = `${day}/${request.region}/s3/aws4_request`;
  const headers = Object.entries({ ...request.headers, host: server }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const signed = headers.map(([name]) => name).join(';');
  const query = Object.entries({
    ...request.query,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${request.accessKey}/${scope}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': String(request.seconds),
    'X-Amz-SignedHeaders': signed,
  })
    .map(([name, value]) => `${escape(name)}=${escape(value)}`)
    .toSorted()
    .join('&');
  const canonical = [
    request.method,
    `/${path}`,
    query,
    ...headers.map(([name, value]) => `${name}:${value.trim()}`),
    '',
    signed,
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, hex(canonical)].join('\n');
  const key = [day, request.region, 's3', 'aws4_request'].reduce<string | Buffer>(mac, `AWS4${request.secretKey}`);
  return `${protocol}//${server}/${path}?${query}&X-Amz-Signature=${mac(key, toSign).toString('hex')}`;
}
