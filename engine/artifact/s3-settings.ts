import { StageflowError } from '../kernel/index.ts';

/** A pair of keys of an S3-compatible store. */
export interface S3Keys {
  readonly accessKey: string;
  readonly secretKey: string;
}

/** How an S3-compatible store is reached. */
export interface S3Options extends S3Keys {
  /** For example `https://s3.example.com:9000`; no path. */
  readonly endpoint: string;
  /** Always given to the client: without it every presigned address would cost a request. */
  readonly region: string;
  /** Bucket in the path (most servers) or in the host name (AWS). Default true. */
  readonly pathStyle?: boolean;
  /** Days after which the store itself removes staged archives. Default 7. */
  readonly stagingDays?: number;
  /** Milliseconds of silence after which a request fails. Default 30,000. */
  readonly timeoutMs?: number;
}

/** What the environment says about the store. */
export interface S3Settings extends S3Options {
  /** Where browsers reach the same store; presigned addresses are made for it. The endpoint when nothing else is said. */
  readonly publicUrl: string;
  /** A key that may only read `scanner-artifacts/*`; null means that shares are streamed by our own server. */
  readonly share: S3Keys | null;
  /** A key that may only write `scanner-staging/*`; null means that uploads go through our own server. */
  readonly upload: S3Keys | null;
}

type Variables = Readonly<Record<string, string | undefined>>;

const PREFIX = 'STAGEFLOW_S3_';
/** Keys that servers come with, which everybody knows. */
const KNOWN_KEYS = new Set(['minioadmin', 'minio', 'minio123', 'admin', 'password', 'test', 'root', 'changeme']);

function refuse(name: string, value: string, reason: string): never {
  throw new StageflowError('bad_option', { option: `${PREFIX}${name}`, value, reason });
}

function origin(name: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) refuse(name, value, 'it is not an http:// or https:// address');
  // A signature covers the path, so that a proxy which takes a part of it away would break every address.
  if (url.pathname !== '/' || url.search !== '' || url.username !== '' || url.hash !== '')
    refuse(name, url.origin, 'the address of a store is scheme, host and port only');
  return url.origin;
}

/**
 * The settings of the S3-compatible store, or null when `STAGEFLOW_S3_ENDPOINT` is not set (objects are kept in files then). Each
 * key may be given by the path of a file instead (`STAGEFLOW_S3_SECRET_KEY_FILE`), which `readFile` reads. Refused as `bad_option`:
 * what is missing or malformed, keys that servers come with, and one key for two purposes.
 */
export function readS3Settings(variables: Variables, readFile: (path: string) => string): S3Settings | null {
  const plain = (name: string) => variables[`${PREFIX}${name}`]?.trim() || undefined;
  const secret = (name: string) => {
    const file = plain(`${name}_FILE`);
    if (file === undefined) return plain(name);
    if (plain(name) !== undefined) refuse(name, '(hidden)', `${PREFIX}${name}_FILE is set too; set one of them`);
    try {
      return readFile(file).trim() || refuse(`${name}_FILE`, file, 'the file is empty');
    } catch (error) {
      if (error instanceof StageflowError) throw error;
      return refuse(`${name}_FILE`, file, 'the file cannot be read');
    }
  };
  const endpoint = plain('ENDPOINT');
  if (endpoint === undefined) return null;
  const keys = (access: string, hidden: string): S3Keys | null => {
    const accessKey = secret(access);
    const secretKey = secret(hidden);
    if (accessKey === undefined && secretKey === undefined) return null;
    if (accessKey === undefined) refuse(access, '', `it is missing beside ${PREFIX}${hidden}`);
    if (secretKey === undefined) refuse(hidden, '', `it is missing beside ${PREFIX}${access}`);
    if (KNOWN_KEYS.has(accessKey) || KNOWN_KEYS.has(secretKey))
      refuse(hidden, '(hidden)', 'this is a key that everybody knows; make one of your own');
    return { accessKey, secretKey };
  };
  const own = keys('ACCESS_KEY', 'SECRET_KEY');
  if (own === null) refuse('ACCESS_KEY', '', `it is missing beside ${PREFIX}ENDPOINT`);
  const share = keys('SHARE_ACCESS_KEY', 'SHARE_SECRET_KEY');
  const upload = keys('UPLOAD_ACCESS_KEY', 'UPLOAD_SECRET_KEY');
  // Every presigned address shows its key's name, so a key that can do more than the address must never sign one.
  if (share !== null && [own.accessKey, upload?.accessKey].includes(share.accessKey))
    refuse('SHARE_ACCESS_KEY', share.accessKey, 'shares need a key of their own that may only read');
  if (upload !== null && upload.accessKey === own.accessKey)
    refuse(
      'UPLOAD_ACCESS_KEY',
      upload.accessKey,
      'uploads need a key of their own that may only write staged archives',
    );
  const days = Number(plain('STAGING_DAYS') ?? 7);
  if (!Number.isInteger(days) || days < 1 || days > 365)
    refuse('STAGING_DAYS', String(plain('STAGING_DAYS')), 'give whole days from 1 to 365');
  const style = plain('PATH_STYLE') ?? 'true';
  if (style !== 'true' && style !== 'false') refuse('PATH_STYLE', style, 'give true or false');
  return {
    endpoint: origin('ENDPOINT', endpoint),
    region: plain('REGION') ?? 'us-east-1',
    ...own,
    pathStyle: style === 'true',
    stagingDays: days,
    publicUrl: origin('PUBLIC_URL', plain('PUBLIC_URL') ?? endpoint),
    share,
    upload,
  };
}
