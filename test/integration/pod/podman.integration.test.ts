import { afterAll, beforeAll, expect, test } from 'vitest';
import { exitFailure } from '../../../engine/pod/index.ts';
import { processRow } from '../../../engine/pod/process-table.ts';
import type { PodmanRuntimeOptions, RunningPod } from '../../../engine/pod/index.ts';
import type { ContainerMessage } from '../../../engine/scanner/index.ts';
import { handlersOf } from './pair.ts';
import { planFor, program } from './programs.ts';
import { realPodman } from './real-podman.ts';
import type { RealPodman } from './real-podman.ts';

const ENGINE = `podtest${process.pid}`;
let podman: RealPodman;
const pods: RunningPod[] = [];

beforeAll(async () => {
  podman = await realPodman(ENGINE);
});
afterAll(async () => {
  await Promise.all(pods.map((pod) => pod.remove()));
  expect([...(await podman.pods(ENGINE)), ...(await podman.containers(ENGINE))], 'left behind').toEqual([]);
});

async function createPod(
  programs: PodmanRuntimeOptions['programs'],
  more: Parameters<typeof planFor>[2] = {},
): Promise<RunningPod> {
  const pod = await podman.runtime(programs).create(planFor(ENGINE, podman.image, more));
  pods.push(pod);
  return pod;
}

/** Resolves with the first message that is no heartbeat. */
function firstMessage() {
  let tell: (message: ContainerMessage) => void = () => undefined;
  const said = new Promise<ContainerMessage>((resolve) => (tell = resolve));
  const message = async (message: ContainerMessage) => {
    if (message.type !== 'heartbeat') tell(message);
    return { skip: false };
  };
  return { said, message };
}
const say = (value: string) =>
  `await engine.send({ type: 'fatal', code: 'internal', reason: String(${value}).slice(0, 1000) });`;

test('a container speaks over its stdio, whatever it prints, and ends with its own code', async () => {
  const { said, message } = firstMessage();
  const pod = await createPod({
    runner: program(`
      console.log('a stray print'); process.stdout.write('another\\n');
      (await import('node:child_process')).execFileSync('echo', ['a child of it'], { stdio: 'inherit' });
      ${say(`'hello'`)} await engine.close(); endProcess(7);`),
  });
  const container = await pod.start('runner', handlersOf({ message }));
  expect(await said).toMatchObject({ reason: 'hello' });
  const report = await container.exited;
  expect(report).toMatchObject({ exitCode: 7, asked: false, oomKilled: false });
  expect(report.stderr).toContain('a stray print\nanother\na child of it');
  expect(exitFailure(report).code).toBe('pod_crashed');
  await pod.remove();
});

test('U13 a running container is rootless, without network, mounts, capabilities and new privileges, on a read-only root with our profile', async () => {
  const { said, message } = firstMessage();
  const pod = await createPod({
    runner: program(`
      const { readFileSync, readdirSync, writeFileSync } = await import('node:fs');
      const tryWrite = (file) => { try { writeFileSync(file, 'x'); return 'written'; } catch (error) { return error.code; } };
      const status = readFileSync('/proc/self/status', 'utf8');
      const fields = Object.fromEntries(status.split('\\n').map((line) => line.split(':\\t')));
      ${say(`JSON.stringify({
        capEff: fields.CapEff, capBnd: fields.CapBnd, noNewPrivs: fields.NoNewPrivs, seccomp: fields.Seccomp, uid: process.getuid(),
        interfaces: readdirSync('/sys/class/net'), root: tryWrite('/x'), app: tryWrite('/app/x'), run: tryWrite('/run/x'), tmp: tryWrite('/tmp/x'),
        environment: Object.keys(process.env).sort(),
        uidMap: readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\\s+/),
      })`)} await engine.next('page');`),
  });
  await pod.start(
    'runner',
    handlersOf({
      message,
      next: (_request, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('wait'))),
    }),
  );
  const inside = JSON.parse(((await said) as { reason: string }).reason);
  expect(inside).toMatchObject({
    capEff: '0000000000000000',
    capBnd: '0000000000000000',
    noNewPrivs: '1',
    seccomp: '2',
    uid: 1000,
    interfaces: ['lo'],
    root: 'EROFS',
    app: 'EROFS',
    tmp: 'written',
  });
  expect(inside.run).not.toBe('written');
  expect(Number(inside.uidMap[1]), 'container root is an ordinary user outside').not.toBe(0);
  expect(inside.environment.filter((name: string) => /TOKEN|SECRET|KEY|PASS|STAGEFLOW/.test(name))).toEqual([]);

  const [outside = {}] = JSON.parse(await podman.ask('inspect', '--type', 'container', `${pod.name}-runner`)) as Record<
    string,
    unknown
  >[];
  expect(outside.Mounts).toEqual([]);
  expect(outside.EffectiveCaps ?? []).toEqual([]);
  expect(outside.BoundingCaps ?? []).toEqual([]);
  expect(outside.HostConfig).toMatchObject({ ReadonlyRootfs: true, Privileged: false, Binds: [] });
  const { SecurityOpt: options, LogConfig: logs } = outside.HostConfig as Record<string, unknown>;
  expect(options).toEqual(expect.arrayContaining(['no-new-privileges', `seccomp=${podman.host.seccompProfile}`]));
  expect(logs).toMatchObject({ Type: 'none' });
  expect(pod.facts).toMatchObject({ isolation: 'podman', rootless: true });
  await pod.remove();
});

test('the containers of a pod share a loopback and nothing else', async () => {
  const extractor = firstMessage();
  const runner = firstMessage();
  const pod = await createPod(
    {
      extractor: program(`
        const http = await import('node:http');
        const { writeFileSync } = await import('node:fs');
        writeFileSync('/tmp/secret', 'x'); writeFileSync('/dev/shm/secret', 'x');
        const server = http.createServer((request, response) => response.end('served'));
        server.listen(8080, '127.0.0.1', async () => { ${say(`'listening'`)} });
        await engine.next('page');`),
      runner: program(`
        await engine.assignment().catch(() => undefined);
        const { existsSync } = await import('node:fs');
        const { readdirSync } = await import('node:fs');
        const text = await (await fetch('http://127.0.0.1:8080/')).text();
        ${say(`JSON.stringify({ text, tmp: existsSync('/tmp/secret'), shm: existsSync('/dev/shm/secret'), processes: readdirSync('/proc').filter((n) => Number(n) > 0).length })`)}
        await engine.next('page');`),
    },
    { source: 'zip' },
  );
  const next = async () => 'wait' as const;
  await pod.start('extractor', handlersOf({ message: extractor.message, next }));
  const listening = async () => {
    await extractor.said;
    throw new Error('an answer is all that the runner waits for');
  };
  await pod.start('runner', handlersOf({ message: runner.message, next, assignment: listening }));
  const seen = JSON.parse(((await runner.said) as { reason: string }).reason);
  expect(seen).toMatchObject({ text: 'served', tmp: false, shm: false });
  expect(seen.processes, 'no process of the other container is visible').toBeLessThan(5);
  await pod.remove();
});

test('remove ends a busy container at once and can be called twice', async () => {
  const { said, message } = firstMessage();
  const pod = await createPod({ runner: program(`${say(`'busy'`)} process.on('SIGTERM', () => {}); for (;;) {}`) });
  const container = await pod.start('runner', handlersOf({ message }));
  await said;
  await Promise.all([pod.remove(), pod.remove()]);
  expect(await container.exited).toMatchObject({ asked: true, oomKilled: false });
});

test('U12 a container that takes more memory than it may is ended as pod_oom', async () => {
  const pod = await createPod(
    { runner: program(`const kept = []; setInterval(() => kept.push(Buffer.alloc(16 * 2 ** 20, 1)), 20);`) },
    { memoryMiB: 300 },
  );
  const container = await pod.start('runner', handlersOf({}));
  const report = await container.exited;
  expect(report.oomKilled).toBe(true);
  expect(exitFailure(report).code).toBe('pod_oom');
  await pod.remove();
});

test('U15 a container that breaks the protocol is ended as bad_result', async () => {
  const pod = await createPod({
    runner: program(`for (;;) await engine.send({ type: 'shell', command: 'id' }).catch(() => undefined);`),
  });
  const report = await (await pod.start('runner', handlersOf({}))).exited;
  expect(report.failure).toMatchObject({ code: 'bad_result' });
  expect(exitFailure(report).code).toBe('bad_result');
  await pod.remove();
});

test('an image that does not exist is podman_failed with what Podman said', async () => {
  const pod = await podman.runtime().create(planFor(ENGINE, 'localhost/stageflow/nothing:1'));
  pods.push(pod);
  const failure = exitFailure(await (await pod.start('runner', handlersOf({}))).exited);
  expect(failure.code).toBe('podman_failed');
  expect(failure.message).toMatch(/nothing:1/);
  await pod.remove();
});

test('reaping removes pods of this engine that belong to no live attempt, and no other', async () => {
  const orphan = await createPod(undefined);
  const alive = await createPod(undefined);
  const other = `${ENGINE}other`;
  const foreign = await podman.runtime(undefined, other).create(planFor(other, podman.image));
  pods.push(foreign);
  const reaped = await podman.runtime().reap(({ jobId, attempt }) => alive.name === `stageflow-${jobId}-${attempt}`);
  expect(reaped).toBe(1);
  expect(await podman.pods(ENGINE)).toEqual([alive.name]);
  expect(await podman.pods(other)).toEqual([foreign.name]);
  expect(orphan.name).not.toBe(alive.name);
  await Promise.all([alive.remove(), foreign.remove()]);
});

test('a killed conmon ends the container, the engine hears of it, and nothing is left', async () => {
  const { said, message } = firstMessage();
  const pod = await createPod({ runner: program(`${say(`'up'`)} await engine.next('page');`) });
  const next = () => new Promise<'wait'>(() => undefined);
  const container = await pod.start('runner', handlersOf({ message, next }));
  await said;
  const name = `${pod.name}-runner`;
  const [conmon, first] = (await podman.ask('inspect', '--format', '{{.State.ConmonPid}} {{.State.Pid}}', name))
    .split(' ')
    .map(Number);
  process.kill(conmon ?? 0, 'SIGKILL');
  // Podman itself would look for the container's exit code for 20 s before it gives up; the process table tells at once.
  await expect.poll(() => processRow(first ?? 0), { timeout: 5000 }).toBeNull();
  expect(exitFailure(await container.exited).code).toBe('pod_lost');
  await pod.remove();
});

test('a container that closes its channel and stays is ended', async () => {
  const pod = await createPod({ runner: program(`await engine.close(); setInterval(() => {}, 1000);`) });
  const report = await (await pod.start('runner', handlersOf({}))).exited;
  expect(report).toMatchObject({ asked: false, oomKilled: false });
  expect(exitFailure(report).code).toBe('pod_crashed');
  await pod.remove();
});
