import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe } from 'vitest';
import yazl from 'yazl';
import { SHARE_KEY_POLICY, UPLOAD_KEY_POLICY } from '../../../engine/artifact/index.ts';
import type { S3Keys, S3Settings } from '../../../engine/artifact/index.ts';
import { connectS3 } from '../../../engine/artifact/s3-client.ts';
import { type ObjectStoreKind, findObjectStore, objectStoreMissing } from '../../../engine/pod/preflight/index.ts';
import { type ServerProcess, freePort, startServer } from './server-process.ts';

type Client = Awaited<ReturnType<typeof connectS3>>;

const REGION = 'eu-test-1';

/** A real S3-compatible server on loopback, in a folder of its own, with keys that nobody else has. */
export interface ObjectServer {
  readonly kind: ObjectStoreKind;
  /** The server's own key, a key that may read artifacts, and one that may write staged archives. */
  readonly settings: S3Settings & { readonly share: S3Keys; readonly upload: S3Keys };
  /** A client with the server's own key, to look at it past our store. */
  readonly client: Client;
  /** Ends the server at once and keeps its folder. */
  kill(): Promise<void>;
  /** Starts a killed server again at the same address. */
  revive(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

const keys = (): S3Keys => ({
  accessKey: `k${randomBytes(9).toString('hex')}`,
  secretKey: randomBytes(20).toString('hex'),
});

/** Runs `suite` once per server that this machine has; a server that it has not is a skipped test with the reason in its name. */
export async function withObjectServers(
  title: string,
  suite: (start: () => Promise<ObjectServer>, kind: ObjectStoreKind) => void,
): Promise<void> {
  for (const kind of ['minio', 'versitygw'] as const) {
    const binary = await findObjectStore(kind);
    if (binary === null) {
      // The reporter counts skipped tests without naming them.
      process.stderr.write(`${title}: ${objectStoreMissing(kind)}\n`);
      describe.skip(`${title}: ${kind} [skipped: it is not here]`, () => suite(() => Promise.reject(), kind));
    } else describe(`${title}: ${kind}`, () => suite(() => startObjectServer(kind, binary), kind));
  }
}

/** Starts a server of this kind from its binary, with a folder and keys of its own. */
export async function startObjectServer(kind: ObjectStoreKind, binary: string): Promise<ObjectServer> {
  const folder = await mkdtemp(join(tmpdir(), `stageflow-${kind}-`));
  for (const name of ['data', 'iam', 'home']) await mkdir(join(folder, name));
  const address = `127.0.0.1:${await freePort()}`;
  const endpoint = `http://${address}`;
  const settings = {
    endpoint,
    region: REGION,
    ...keys(),
    pathStyle: true,
    stagingDays: 7,
    publicUrl: endpoint,
    share: keys(),
    upload: keys(),
  };
  const { command, env } =
    kind === 'minio' ? minio(binary, folder, address, settings) : versitygw(binary, folder, address, settings);
  const start = () => startServer(command, { env, cwd: join(folder, 'home'), url: `${endpoint}/` });
  let running: ServerProcess | null = null;
  const kill = async () => {
    await running?.kill();
    running = null;
  };
  const stop = async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    running = await start();
    const client = await connectS3(settings);
    await (kind === 'minio' ? minioUsers(client, settings) : versitygwUsers(binary, client, settings));
    const revive = async () => {
      running = await start();
    };
    return { kind, settings, client, kill, revive, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function minio(binary: string, folder: string, address: string, root: S3Keys) {
  return {
    command: [
      binary,
      'server',
      '--quiet',
      '--address',
      address,
      '--certs-dir',
      join(folder, 'home'),
      join(folder, 'data'),
    ],
    env: {
      MINIO_ROOT_USER: root.accessKey,
      MINIO_ROOT_PASSWORD: root.secretKey,
      MINIO_SITE_REGION: REGION,
      MINIO_BROWSER: 'off',
      MINIO_UPDATE: 'off',
    },
  };
}

/** Its import of users is one plain archive; all its other ways to make one are encrypted by its own client. */
async function minioUsers(
  client: Client,
  settings: { readonly share: S3Keys; readonly upload: S3Keys },
): Promise<void> {
  const zip = new yazl.ZipFile();
  const add = (name: string, value: unknown) =>
    zip.addBuffer(Buffer.from(JSON.stringify(value)), `iam-assets/${name}.json`);
  const user = ({ secretKey }: S3Keys) => ({ secretKey, status: 'enabled' });
  const mapping = (policy: string) => ({ version: 1, policy, updatedAt: new Date().toISOString() });
  const { share, upload } = settings;
  add('policies', { share: SHARE_KEY_POLICY, upload: UPLOAD_KEY_POLICY });
  add('users', { [share.accessKey]: user(share), [upload.accessKey]: user(upload) });
  add('user_mappings', { [share.accessKey]: mapping('share'), [upload.accessKey]: mapping('upload') });
  zip.end();
  const body = await buffer(zip.outputStream);
  const request = { method: 'PUT', bucketName: 'minio', objectName: 'admin/v3/import-iam', headers: {} };
  await buffer(await client.makeRequestAsync(request, body, [200]));
}

function versitygw(binary: string, folder: string, address: string, root: S3Keys) {
  return {
    command: [
      binary,
      '--quiet',
      '--keep-alive',
      '--port',
      address,
      '--region',
      REGION,
      '--iam-dir',
      join(folder, 'iam'),
      'posix',
      join(folder, 'data'),
    ],
    env: { ROOT_ACCESS_KEY_ID: root.accessKey, ROOT_SECRET_ACCESS_KEY: root.secretKey },
  };
}

/** Its users have no policies of their own; each bucket says who may do what. */
async function versitygwUsers(
  binary: string,
  client: Client,
  settings: S3Settings & { readonly share: S3Keys; readonly upload: S3Keys },
): Promise<void> {
  const { accessKey, secretKey, endpoint, share, upload } = settings;
  for (const user of [share, upload]) {
    const args = ['admin', 'create-user', '--role', 'user', '--access', user.accessKey, '--secret', user.secretKey];
    await promisify(execFile)(binary, args, {
      env: {
        ADMIN_ACCESS_KEY_ID: accessKey,
        ADMIN_SECRET_ACCESS_KEY: secretKey,
        ADMIN_ENDPOINT_URL: endpoint,
        ADMIN_REGION: REGION,
      },
    });
  }
  const grant = async (bucket: string, policy: typeof SHARE_KEY_POLICY, user: S3Keys) => {
    await client.makeBucket(bucket, REGION);
    const Statement = policy.Statement.map((one) => ({ ...one, Principal: { AWS: [user.accessKey] } }));
    await client.setBucketPolicy(bucket, JSON.stringify({ ...policy, Statement }));
  };
  await grant('scanner-artifacts', SHARE_KEY_POLICY, share);
  await grant('scanner-staging', UPLOAD_KEY_POLICY, upload);
}
