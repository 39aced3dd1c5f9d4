import { randomBytes } from 'node:crypto';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import {
  createShareSigner,
  readS3Settings,
  type S3Settings,
  S3Store,
  shareKeyExcess,
} from '../../../engine/artifact/index.ts';
import { connectJetStreamBus } from '../../../engine/bus/index.ts';
import { silentLog, systemClock } from '../../../engine/kernel/index.ts';
import { type PodmanHost, podmanHost, runCommand } from '../../../engine/pod/host/index.ts';
import { findObjectStore, objectStoreMissing } from '../../../engine/pod/preflight/index.ts';
import { freePort } from '../store/server-process.ts';
import { natsBinary } from '../../conformance/nats-binary.ts';
import { DEPLOY, readUnit, runArguments, valuesOf } from './unit-file.ts';

const name = `deploy-${randomBytes(4).toString('hex')}`;
const JOB = '01j9z3k4m5n6p7q8r9s0t1v2w3';
const KEY = `${JOB}/report.json`;
const store = await findObjectStore('versitygw');
let host: PodmanHost;
let folder: string;
/** Where the account may not make tunnels (a machine within a machine), ports cannot be published: the unit's own port is used then. */
let hostNetwork = false;

const podman = async (args: readonly string[], input?: Buffer) => {
  const done = await runCommand(host.command(args), {
    timeoutMs: 120_000,
    ...(input === undefined ? {} : { input }),
  });
  if (done.code !== 0) throw new Error(`podman ${args[0]}: ${done.stderr}`);
  return done.stdout.trim();
};
const asPodmanUser = (script: string, input?: Buffer) =>
  runCommand(host.as('/bin/sh', ['-c', script, 'sh', folder]), input === undefined ? {} : { input });

/** An image with one static program as its entry point, as the published images have it. */
async function imageOf(program: string, as: string): Promise<string> {
  const image = `localhost/${name}-${as}:1`;
  const tar = await promisify(execFile)(
    'tar',
    ['-C', join(program, '..'), '-c', `--transform=s,.*,${as},`, program.split('/').at(-1) ?? ''],
    {
      encoding: 'buffer',
      maxBuffer: 2 ** 30,
    },
  );
  await podman(['import', '--quiet', '--change', `ENTRYPOINT ["/${as}"]`, '-', image], tar.stdout);
  return image;
}

/** Resolves when nobody listens on a port of this machine; rejects otherwise. */
function isFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, () => server.close(() => resolve()));
  });
}

/** Starts what a unit describes and gives the loopback address of its port. */
async function start(
  unit: string,
  image: string,
  volumes: Record<string, string>,
  environment: Record<string, string>,
): Promise<string> {
  const environmentFile = `${folder}/${randomBytes(4).toString('hex')}.env`;
  const lines = Object.entries(environment).map(([key, value]) => `${key}=${value}\n`);
  await asPodmanUser(`cat > ${environmentFile}`, Buffer.from(lines.join('')));
  const container = `${name}-${randomBytes(2).toString('hex')}`;
  const described = readUnit(unit);
  const port = Number(valuesOf(described, 'Container', 'PublishPort')[0]?.split(':').at(-1));
  // A port that the system lends to anybody for a moment is waited for.
  if (hostNetwork) await vi.waitFor(() => isFree(port), { timeout: 60_000, interval: 200 });
  await podman(runArguments(described, { name: container, image, volumes, environmentFile, hostNetwork }));
  onTestFinished(async () => {
    await podman(['rm', '--force', '--time', '0', container]);
    for (const volume of Object.values(volumes)) if (!volume.startsWith('/')) await podman(['volume', 'rm', volume]);
  });
  const inspected = JSON.parse(await podman(['inspect', container])) as [
    { HostConfig: { ReadonlyRootfs: boolean; SecurityOpt: string[] }; EffectiveCaps: string[] | null },
  ];
  expect(inspected[0].HostConfig.ReadonlyRootfs).toBe(true);
  expect(inspected[0].EffectiveCaps ?? []).toEqual([]);
  if (hostNetwork) return `127.0.0.1:${port}`;
  const [address = ''] = (await podman(['port', container])).split(' -> ').toReversed();
  expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
  return address;
}

beforeAll(async () => {
  host = await podmanHost();
  folder = `${host.folders.work}/${name}`;
  await asPodmanUser('mkdir -m 700 "$1"');
  hostNetwork = (await asPodmanUser('exec 3<>/dev/net/tun')).code !== 0;
});
afterAll(async () => {
  await asPodmanUser('rm -rf "$1"');
  const left = (await podman(['images', '--format', '{{.Repository}}:{{.Tag}}'])).split('\n');
  for (const image of left.filter((text) => text.includes(name))) await podman(['rmi', '--force', image]);
});

it('the queue’s unit starts a queue that the engine accepts: durable, with its token, writing through to the disk', async () => {
  const token = randomBytes(24).toString('hex');
  const settings = readFileSync(join(DEPLOY, 'nats.conf'));
  await asPodmanUser('cat > "$1/nats.conf"', settings);
  const volumes = { 'stageflow-nats.volume': `${name}-nats`, '%h/.config/stageflow/nats.conf': `${folder}/nats.conf` };
  const address = await start('quadlets/stageflow-nats.container', await imageOf(natsBinary(), 'nats'), volumes, {
    STAGEFLOW_NATS_TOKEN: token,
  });
  const connect = (given: string) =>
    connectJetStreamBus({
      url: `nats://${address}`,
      token: given,
      node: 'main',
      engineId: 'deploy',
      clock: systemClock,
      log: silentLog,
      onPoison: async () => {},
    });
  const bus = await vi.waitFor(() => connect(token), { timeout: 20_000, interval: 100 });
  onTestFinished(() => bus.close());
  await bus.prepare();
  expect(bus.facts).toMatchObject({ kind: 'jetstream', reducedDurability: false });
  await expect(connect('wrong')).rejects.toMatchObject({ code: 'nats_failed' });
});

/** Makes the key for shares as the guide says, in a home where the store has been installed, and gives the settings that are written down then. */
async function shareKeyOf(endpoint: string, secretKey: string): Promise<S3Settings> {
  const home = mkdtempSync(join(tmpdir(), 'share-key-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const config = join(home, '.config/stageflow');
  mkdirSync(config, { recursive: true });
  const own = `STAGEFLOW_S3_ENDPOINT=${endpoint}\nSTAGEFLOW_S3_ACCESS_KEY=stageflow\nSTAGEFLOW_S3_SECRET_KEY=${secretKey}\n`;
  writeFileSync(join(config, 'stageflow.env'), own);
  writeFileSync(join(config, 'store.env'), `ROOT_ACCESS_KEY=stageflow\nROOT_SECRET_KEY=${secretKey}\n`);
  const make = () => promisify(execFile)('sh', [join(DEPLOY, 'share-key.sh')], { env: { ...process.env, HOME: home } });
  await make();
  await expect(make()).rejects.toThrow('name a key for shares already');
  const settings = readS3Settings(environmentOf(readFileSync(join(config, 'stageflow.env'), 'utf8')), String);
  if (settings === null) throw new Error('no store is set');
  return settings;
}

/** An environment file's variables. */
function environmentOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]));
}

it('the service’s unit starts the server, which stops in good order when it is told to as the unit says', async () => {
  const home = mkdtempSync(join(tmpdir(), 'service-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  symlinkSync(join(DEPLOY, '../..'), join(home, 'stageflow'));
  mkdirSync(join(home, '.config/stageflow'), { recursive: true });
  const port = await freePort();
  const settings = readFileSync(join(DEPLOY, 'stageflow.env'), 'utf8');
  const own = `STAGEFLOW_HOME=${home}/data\nSTAGEFLOW_PORT=${port}\nSTAGEFLOW_WARM_PODS=0\n`;
  writeFileSync(join(home, '.config/stageflow/stageflow.env'), settings + own);

  const unit = readUnit('systemd/stageflow.service');
  const of = (key: string) => (valuesOf(unit, 'Service', key)[0] ?? '').replaceAll('%h', home);
  const child = spawn('/bin/sh', ['-c', `umask ${of('UMask')} && exec ${of('ExecStart')}`], {
    cwd: of('WorkingDirectory'),
    env: { ...process.env, ...environmentOf(readFileSync(of('EnvironmentFile'), 'utf8')) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk.toString();
  });
  const ended = once(child, 'exit');
  const listens = () => words.includes('Stageflow listens') || child.exitCode !== null;
  await vi.waitFor(() => expect(listens()).toBe(true), { timeout: 500_000, interval: 200 });
  const alive = await promisify(execFile)('curl', [
    '-s',
    '-o',
    '/dev/null',
    '-w',
    '%{http_code}',
    '-H',
    'Host: scan.example.org',
    `http://127.0.0.1:${port}/livez`,
  ]);
  expect(alive.stdout).toBe('200');
  expect(statSync(join(home, 'data/ledger.db')).mode & 0o077).toBe(0);
  child.kill(of('KillSignal') as NodeJS.Signals);
  expect(await ended, words.slice(-2000)).toEqual([0, null]);
}, 600_000);

it.skipIf(store === null)(
  `the store’s unit starts a store that keeps what it is given${store === null ? ` [skipped: ${objectStoreMissing('versitygw')}]` : ''}`,
  async () => {
    const secretKey = randomBytes(24).toString('hex');
    const volumes = { 'stageflow-store.volume': `${name}-store`, 'stageflow-store-iam.volume': `${name}-iam` };
    const image = await imageOf(store ?? '', 'versitygw');
    const address = await start('quadlets/stageflow-store.container', image, volumes, {
      ROOT_ACCESS_KEY: 'stageflow',
      ROOT_SECRET_KEY: secretKey,
    });
    const kept = new S3Store({ endpoint: `http://${address}`, region: 'us-east-1', accessKey: 'stageflow', secretKey });
    await expect.poll(() => kept.prepare().then(() => 'ready', String), { timeout: 20_000 }).toBe('ready');
    await kept.put('scanner-artifacts', KEY, Buffer.from('{}'));
    const settings = await shareKeyOf(`http://${address}`, secretKey);
    expect(await shareKeyExcess(settings)).toEqual([]);
    const link = createShareSigner(settings, systemClock)?.artifact(JOB, KEY) ?? '';
    expect(await (await fetch(link)).text()).toBe('{}');
    const found = await kept.get('scanner-artifacts', KEY);
    if (found === null) throw new Error('the object is gone');
    expect(String(await buffer(found.body))).toBe('{}');
  },
);
