import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ServerConfig } from '../../../server/config.ts';
import { deliverReportPage } from '../../../server/routes/deliver.ts';
import { DEPLOY, QUADLET_4_4, readUnit, valuesOf } from './unit-file.ts';

const run = promisify(execFile);
const containers = [
  ...readdirSync(join(DEPLOY, 'quadlets')).map((name) => `quadlets/${name}`),
  ...readdirSync(join(DEPLOY, 'container')).map((name) => `container/${name}`),
].filter((name) => name.endsWith('.container'));

describe.each(containers)('%s', (path) => {
  const unit = readUnit(path);

  it('uses only what Podman 4.4 understands', () => {
    const keys = (unit.get('Container') ?? []).map(([key]) => key);
    expect(keys.filter((key) => !QUADLET_4_4.has(key))).toEqual([]);
  });

  it('is reachable from this machine only, names its image exactly and its volumes by units that are there', () => {
    for (const port of valuesOf(unit, 'Container', 'PublishPort')) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(valuesOf(unit, 'Container', 'Image')[0]).toMatch(/^(docker\.io\/.+:v?\d+\.\d+\.\d+|localhost\/.+:latest)$/);
    for (const volume of valuesOf(unit, 'Container', 'Volume').map((text) => text.split(':')[0] ?? '')) {
      if (volume.endsWith('.volume')) expect(existsSync(join(DEPLOY, path, '..', volume))).toBe(true);
    }
  });
});

describe.each(['quadlets/stageflow-nats.container', 'quadlets/stageflow-store.container'])('%s', (path) => {
  it('has a read-only root, no capability and no way to gain rights', () => {
    const unit = readUnit(path);
    for (const [key, value] of [
      ['ReadOnly', 'true'],
      ['DropCapability', 'all'],
      ['NoNewPrivileges', 'true'],
    ] as const)
      expect(valuesOf(unit, 'Container', key)).toEqual([value]);
  });
});

it('the containerised server listens where its settings say, on the host’s loopback unless told otherwise', () => {
  expect(valuesOf(readUnit('container/stageflow-server.container'), 'Container', 'Network')).toEqual(['host']);
  const image = readFileSync(join(DEPLOY, 'container/Containerfile'), 'utf8');
  expect(image).not.toContain('STAGEFLOW_HOST');
  expect(ServerConfig.parse({})).toMatchObject({ host: '127.0.0.1', proxies: ['127.0.0.1', '::1'] });
});

it('an image of the server is built without what is nobody else’s, and with all that is in the repository', () => {
  const left = readFileSync(join(DEPLOY, '../../.containerignore'), 'utf8').split('\n');
  expect(left).toEqual(expect.arrayContaining(['.git', '.cache', '**/node_modules', '**/*.env']));
  expect(left).toContain('!server/deploy/stageflow.env');
});

it('the service of the server ends in good order, starts again after a crash and owns a part of the control groups', () => {
  const unit = readUnit('systemd/stageflow.service');
  expect(valuesOf(unit, 'Service', 'Restart')).toEqual(['on-failure']);
  expect(valuesOf(unit, 'Service', 'KillSignal')).toEqual(['SIGTERM']);
  expect(valuesOf(unit, 'Service', 'Delegate')).toEqual(['yes']);
  expect(valuesOf(unit, 'Service', 'ExecStart')).toEqual(['%h/stageflow/stageflow server']);
});

it('the environment file names every setting of the server and of its store', () => {
  const text = readFileSync(join(DEPLOY, 'stageflow.env'), 'utf8');
  const named = new Set([...text.matchAll(/^#?(STAGEFLOW_\w+)=/gm)].map((match) => match[1]));
  const settings = Object.keys(ServerConfig.shape).map(
    (key) => `STAGEFLOW_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
  );
  const source = readFileSync(join(DEPLOY, '../../engine/artifact/s3-settings.ts'), 'utf8');
  const ofStore = [...source.matchAll(/'([A-Z]+(?:_[A-Z]+)*)'/g)].map(([, name]) => `STAGEFLOW_S3_${name}`);
  expect(ofStore).toContain('STAGEFLOW_S3_UPLOAD_SECRET_KEY');
  expect([...settings, ...ofStore].filter((name) => !named.has(name))).toEqual([]);
});

it('the proxy gives reports from the store the policy that the server gives them', () => {
  const none = new Blob([]).stream();
  const policy = deliverReportPage({ size: 0, body: none }).headers.get('content-security-policy');
  expect(readFileSync(join(DEPLOY, 'Caddyfile'), 'utf8')).toContain(`Content-Security-Policy "${policy}"`);
});

describe('install.sh', () => {
  /** A home with a Podman of some version and a systemctl that does nothing. */
  const home = (podman: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'install-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'bin'));
    const program = (name: string, script: string) =>
      writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    program('podman', `echo ${podman}`);
    program('systemctl', 'exit 0');
    program('id', 'case $1 in -u) echo 1000;; *) echo someone;; esac');
    return folder;
  };
  const install = (folder: string, ...parts: string[]) =>
    run('sh', [join(DEPLOY, 'install.sh'), ...parts], {
      env: { HOME: folder, PATH: `${folder}/bin:/usr/bin:/bin` },
    }).catch((error: { code: number; stderr: string }) => error);

  it('refuses Quadlets below Podman 4.4 with a sentence that says what works instead', async () => {
    const folder = home('4.3.1');
    const refused = await install(folder, 'nats');
    expect(refused).toMatchObject({ code: 5 });
    expect(refused.stderr).toContain('4.4 or newer is needed');
    expect(existsSync(join(folder, '.config'))).toBe(false);
    expect(await install(folder)).toMatchObject({ stderr: '' });
  });

  it('writes units and secrets that only their owner reads, and never changes settings that are there', async () => {
    const folder = home('5.4.2');
    expect(await install(folder, 'nats', 'store')).toMatchObject({ stderr: '' });
    const config = join(folder, '.config');
    expect(readdirSync(join(config, 'containers/systemd')).toSorted()).toEqual(
      ['stageflow-nats.container', 'stageflow-nats.volume'].concat(
        ['stageflow-store-iam.volume', 'stageflow-store.container', 'stageflow-store.volume'].toSorted(),
      ),
    );
    for (const name of ['stageflow.env', 'nats.env', 'store.env'])
      expect(statSync(join(config, 'stageflow', name)).mode & 0o777).toBe(0o600);
    const token = /TOKEN=(\w{48})\n/.exec(readFileSync(join(config, 'stageflow/nats.env'), 'utf8'))?.[1] ?? 'none';
    const before = readFileSync(join(config, 'stageflow/stageflow.env'), 'utf8');
    expect(before).toContain(`\nSTAGEFLOW_NATS_TOKEN=${token}\n`);
    await install(folder, 'nats', 'store');
    expect(readFileSync(join(config, 'stageflow/stageflow.env'), 'utf8')).toBe(before);
  });
});
