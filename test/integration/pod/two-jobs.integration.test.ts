import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningPod } from '../../../engine/pod/index.ts';
import { handlersOf } from './pair.ts';
import { planFor, program } from './programs.ts';
import { realPodman } from './real-podman.ts';
import type { RealPodman } from './real-podman.ts';

const ENGINE = `twojobs${process.pid}`;
const PORTS = { a: 8081, b: 8082 } as const;
type Job = keyof typeof PORTS;

/** What one job's container sees once both have planted their marks. */
interface Seen {
  readonly job: Job;
  /** Identity of each namespace, as the kernel names it. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** Marks in the command lines of all processes that `/proc` shows. */
  readonly processes: readonly string[];
  /** Marks among the names of all files outside `/proc` and `/sys`. */
  readonly files: readonly string[];
  /** Sockets that have a path. */
  readonly sockets: readonly string[];
  /** Device numbers of the writable folders: a folder that is full is full for those that share the device. */
  readonly devices: readonly number[];
  /** The pipes of the channel. */
  readonly channel: readonly string[];
  readonly commonPort: string;
  readonly abstractSocket: string;
  readonly neighboursPort: string;
}

let podman: RealPodman;
const pods: RunningPod[] = [];

beforeAll(async () => {
  podman = await realPodman(ENGINE);
});
afterAll(async () => {
  await Promise.all(pods.map((pod) => pod.remove()));
  expect([...(await podman.pods(ENGINE)), ...(await podman.containers(ENGINE))], 'left behind').toEqual([]);
});

/** Plants marks under the job's name, waits for the answer to its request, then looks around. The marks are put together at run time: the program's own command line holds none. */
const look = (job: Job): readonly string[] =>
  program(`
    const { spawn, spawnSync } = await import('node:child_process');
    const { readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } = await import('node:fs');
    const net = await import('node:net');
    const job = '${job}', mark = 'mark-of-' + job;
    for (const folder of ['/tmp', '/dev/shm']) writeFileSync(folder + '/' + mark, mark);
    spawn('sleep', ['600'], { argv0: mark, stdio: 'ignore' });
    const listen = (place) => new Promise((resolve, reject) =>
      net.createServer((socket) => socket.end(mark)).once('error', reject).listen(place, resolve));
    await listen({ port: 8080, host: '127.0.0.1' });
    await listen({ port: ${PORTS[job]}, host: '127.0.0.1' });
    await listen({ path: '\\0stageflow-mark' });

    await engine.assignment().catch(() => undefined);

    const hear = (place) => new Promise((resolve) => {
      let text = '';
      net.connect(place).on('data', (part) => (text += part)).on('error', (error) => resolve(error.code)).on('end', () => resolve(text));
    });
    const marks = (text) => [...new Set(text.match(/mark-of-[ab]/g))].sort();
    const find = (...tests) => spawnSync('find', ['/', '(', '-path', '/proc', '-o', '-path', '/sys', ')', '-prune', '-o', ...tests, '-print'], { encoding: 'utf8' }).stdout;
    const lines = readdirSync('/proc').filter(Number).map((id) => { try { return readFileSync('/proc/' + id + '/cmdline', 'utf8'); } catch { return ''; } });
    const seen = {
      job,
      namespaces: Object.fromEntries(['net', 'pid', 'mnt', 'ipc', 'uts'].map((name) => [name, readlinkSync('/proc/self/ns/' + name)])),
      processes: marks(lines.join(' ')),
      files: marks(find('-name', 'mark-of-*')),
      sockets: find('-type', 's').split('\\n').filter(Boolean),
      devices: ['/tmp', '/dev/shm'].map((folder) => statSync(folder).dev),
      channel: [3, 4].map((fd) => readlinkSync('/proc/self/fd/' + fd)),
      commonPort: await hear({ port: 8080, host: '127.0.0.1' }),
      abstractSocket: await hear({ path: '\\0stageflow-mark' }),
      neighboursPort: await hear({ port: ${PORTS[job === 'a' ? 'b' : 'a']}, host: '127.0.0.1' }),
    };
    await engine.send({ type: 'fatal', code: 'internal', reason: JSON.stringify(seen) });
    await engine.next('page');`);

/** Resolves for every caller once both jobs have asked. */
function meeting(): () => Promise<void> {
  let asked = 0;
  let open: () => void = () => undefined;
  const both = new Promise<void>((resolve) => (open = resolve));
  return () => {
    asked += 1;
    if (asked === 2) open();
    return both;
  };
}

async function start(job: Job, meet: () => Promise<void>): Promise<Seen> {
  const pod = await podman.runtime({ runner: look(job) }).create(planFor(ENGINE, podman.image));
  pods.push(pod);
  return new Promise<Seen>((resolve, reject) => {
    const assignment = async () => {
      await meet();
      throw new Error('an answer is all that the container waits for');
    };
    const next = (_request: unknown, signal: AbortSignal) =>
      new Promise<'wait'>((ended) => signal.addEventListener('abort', () => ended('wait')));
    const handlers = handlersOf({
      assignment,
      next,
      message: async (message) => {
        if (message.type === 'fatal') resolve(JSON.parse(message.reason) as Seen);
        return { skip: false };
      },
    });
    void pod.start('runner', handlers).then(async (container) => {
      const report = await container.exited;
      reject(new Error(`job ${job} ended early: ${report.stderr}`));
    }, reject);
  });
}

it('E13 of two jobs at once neither sees the other’s network, processes, files or channel', async () => {
  const meet = meeting();
  const [a, b] = await Promise.all([start('a', meet), start('b', meet)]);
  for (const [job, seen] of [
    ['a', a],
    ['b', b],
  ] as const) {
    const own = `mark-of-${job}`;
    // Each finds its own marks, so the search would have found the neighbour's.
    expect(seen).toMatchObject({
      job,
      processes: [own],
      files: [own],
      commonPort: own,
      abstractSocket: own,
      neighboursPort: 'ECONNREFUSED',
      sockets: [],
    });
    expect(seen.channel).toEqual([expect.stringMatching(/^pipe:/), expect.stringMatching(/^pipe:/)]);
  }
  const shared = Object.keys(a.namespaces).filter((name) => a.namespaces[name] === b.namespaces[name]);
  expect(shared, 'namespaces that both are in').toEqual([]);
  expect(a.devices.filter((device) => b.devices.includes(device))).toEqual([]);
  expect(a.channel.filter((pipe) => b.channel.includes(pipe))).toEqual([]);
});
