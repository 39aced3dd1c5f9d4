import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { StageflowError } from '../../../engine/kernel/index.ts';
import type { ChannelHandlers } from '../../../engine/pod/index.ts';
import { ARCHIVE_LIMITS } from '../../../engine/scanner/index.ts';
import type { Assignment, ContainerMessage, WorkItem } from '../../../engine/scanner/index.ts';
import { EngineRefusal, fatalError } from '../../../scanners/runtime/channel/index.ts';
import { memoryStore, openPair } from './pair.ts';
const open: { destroy(): void }[] = [];
const servers: net.Server[] = [];
afterEach(async () => {
  for (const item of open.splice(0)) item.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

function pair(...input: Parameters<typeof openPair>) {
  const made = openPair(...input);
  open.push(made.engine);
  return made;
}

const assignment: Assignment = {
  role: 'extractor',
  protocol: 1,
  jobId: 'j1',
  attempt: 1,
  sha256: 'a'.repeat(64),
  limits: ARCHIVE_LIMITS,
  directory: '/tmp/site',
  port: 8080,
};
const work: WorkItem = {
  kind: 'page',
  page: { id: `p${'0'.repeat(16)}`, url: 'http://x.test/', depth: 0 },
  scanners: ['axe'],
  revisit: false,
};
const heartbeat: ContainerMessage = { type: 'heartbeat' };

async function listen(onSocket: (socket: net.Socket) => void, options: net.ServerOpts = {}): Promise<number> {
  const server = net.createServer(options, onSocket);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as net.AddressInfo).port;
}

const dialTo =
  (port: number): ChannelHandlers['dial'] =>
  async () => {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    return { ok: true, socket };
  };

test('a container gets its assignment and its archive, and its messages are answered', async () => {
  const heard: ContainerMessage[] = [];
  const { container, engine } = pair({
    assignment: async () => assignment,
    input: async () =>
      (async function* () {
        yield Buffer.from('PK');
        yield Buffer.alloc(3 * 2 ** 20, 7);
      })(),
    message: async (message) => {
      heard.push(message);
      return { skip: true };
    },
  });
  expect(await container.assignment()).toEqual(assignment);
  const input = await container.input();
  let size = 0;
  for await (const chunk of input ?? []) size += (chunk as Buffer).length;
  expect(size).toBe(3 * 2 ** 20 + 2);
  expect(await container.send(heartbeat)).toEqual({ skip: true });
  expect(heard).toEqual([heartbeat]);
  expect(Date.now() - engine.lastSeen()).toBeLessThan(5000);
  await container.close();
  await engine.closed;
});

test('a container without an archive is told so', async () => {
  const { container } = pair({ input: async () => null });
  expect(await container.input()).toBeNull();
});

test('asking for work goes on over held requests until there is work, and ends when there is no more', async () => {
  const answers: (WorkItem | 'wait' | 'done')[] = ['wait', work, 'done'];
  let held = 0;
  const { container } = pair(
    {
      next: async (_request, signal) => {
        if (held++ === 0) await once(signal, 'abort');
        return answers.shift() ?? 'done';
      },
    },
    { pollMs: 20 },
  );
  expect(await container.next('page')).toEqual(work);
  expect(await container.next('page')).toBeNull();
  expect(held).toBe(3);
});

test('a worker that stops waiting aborts the wait in the engine', async () => {
  let aborted: () => void = () => undefined;
  const seen = new Promise<void>((resolve) => (aborted = resolve));
  const asked = new AbortController();
  const { container } = pair({
    next: async (_request, signal) => {
      signal.addEventListener('abort', aborted);
      asked.abort();
      await once(signal, 'abort');
      return 'wait';
    },
  });
  await expect(container.next('machine', asked.signal)).rejects.toThrow();
  await seen;
});

test('an artifact arrives whole, with its hash, and comes back', async () => {
  const store = memoryStore();
  const { container } = pair({
    putArtifact: (path, sha256, body) => {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      return store.put(path, sha256, body);
    },
    getArtifact: async (key) => {
      const bytes = store.objects.get(key.replace('job/', ''));
      return bytes
        ? (async function* () {
            yield bytes;
          })()
        : null;
    },
  });
  const bytes = Buffer.alloc(9 * 2 ** 20, 'stageflow');
  const stored = await container.putArtifact('axe/evidence/p1/shot.jpeg', bytes);
  expect(stored).toMatchObject({ key: 'job/axe/evidence/p1/shot.jpeg', size: bytes.length });
  expect((await container.getArtifact(stored.key))?.equals(bytes)).toBe(true);
  expect(await container.getArtifact('job/axe/evidence/p1/none.jpeg')).toBeNull();
});

test('U12 a job that has stored as much as it may is refused, without being called a breach', async () => {
  const store = memoryStore();
  const { container, ends } = pair({ putArtifact: store.put }, { budget: 1500 });
  await container.putArtifact('axe/evidence/p1/a.png', Buffer.alloc(1000));
  await expect(container.putArtifact('axe/evidence/p1/b.png', Buffer.alloc(1000))).rejects.toMatchObject({
    status: 413,
  });
  expect([...store.objects.keys()]).toEqual(['axe/evidence/p1/a.png']);
  expect(ends).toEqual([]);
});

test('a fenced attempt is answered 409 and ended', async () => {
  const { container, ends } = pair({ message: () => Promise.reject(new StageflowError('fenced', { jobId: 'j1' })) });
  await expect(container.send(heartbeat)).rejects.toMatchObject({ status: 409, code: 'fenced' });
  expect(ends).toEqual([{ kind: 'fenced' }]);
});

test('a failure of the engine is answered without its details', async () => {
  const { container, ends } = pair({ message: () => Promise.reject(new Error('/var/lib/secret path')) });
  const failure = await container.send(heartbeat).catch((error: Error) => error);
  expect(failure).toMatchObject({ status: 500, code: 'internal' });
  expect(String(failure)).not.toContain('secret');
  expect(ends).toEqual([]);
});

test('a tunnel carries both ways and passes each half-close on alone', async () => {
  const port = await listen(
    (socket) => {
      // Answers only after the asker has finished: proves that half-close travels.
      void text(socket).then((asked) => socket.end(`you said ${asked.length}`));
    },
    { allowHalfOpen: true },
  );
  const { container } = pair({ dial: dialTo(port) });
  const answer = await container.tunnel('site.test:80');
  if (!answer.ok) throw new Error(answer.reason);
  answer.socket.end('x'.repeat(3 * 2 ** 20));
  expect(await text(answer.socket)).toBe(`you said ${3 * 2 ** 20}`);
});

test('a tunnel whose far side is reset fails and does not look finished', async () => {
  const port = await listen((socket) => {
    socket.write('half an ans');
    socket.once('data', () => socket.resetAndDestroy());
  });
  const { container } = pair({ dial: dialTo(port) });
  const answer = await container.tunnel('site.test:80');
  if (!answer.ok) throw new Error(answer.reason);
  answer.socket.write('now');
  await expect(text(answer.socket)).rejects.toThrow();
});

test('a tunnel given up by the container closes the dialled socket', async () => {
  let gone: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (gone = resolve));
  const port = await listen((socket) => {
    socket.on('error', () => undefined);
    socket.on('close', gone);
    socket.write('hello');
  });
  const { container } = pair({ dial: dialTo(port) });
  const answer = await container.tunnel('site.test:80');
  if (!answer.ok) throw new Error(answer.reason);
  await once(answer.socket, 'data');
  answer.socket.destroy();
  await closed;
});

test('a refused tunnel is an answer with the reason', async () => {
  const { container } = pair({
    dial: async (target) => ({ ok: false, status: 403, code: 'egress_denied', reason: `not ${target}` }),
  });
  expect(await container.tunnel('127.0.0.1:22')).toEqual({
    ok: false,
    status: 403,
    code: 'egress_denied',
    reason: 'not 127.0.0.1:22',
  });
});

test('E12 the 65th tunnel at once is refused, and one that ends makes room', async () => {
  const port = await listen((socket) => socket.on('error', () => undefined));
  const { container } = pair({ dial: dialTo(port) });
  const answers = await Promise.all(Array.from({ length: 65 }, () => container.tunnel('site.test:80')));
  const refused = answers.filter((answer) => !answer.ok);
  expect(refused).toEqual([{ ok: false, status: 429, code: 'egress_limit', reason: 'too many connections at once' }]);
  for (const answer of answers) if (answer.ok) answer.socket.destroy();
  await expect.poll(async () => (await container.tunnel('site.test:80')).ok).toBe(true);
});

test('the end of the engine ends the channel of the container', async () => {
  const { container, engine } = pair({});
  engine.destroy();
  await container.closed;
});

test('an object is sent again, and one asked for again, while the store is away', async () => {
  const { put, objects } = memoryStore();
  let away = 3;
  const whenBack = <T>(act: () => T): T => {
    if (away-- > 0) throw new StageflowError('store_failed', { reason: 'connect ECONNREFUSED' });
    return act();
  };
  const { container } = pair({
    putArtifact: async (...given) => whenBack(() => put(...given)),
    getArtifact: async () => whenBack(() => [Buffer.from('kept')] as unknown as AsyncIterable<Uint8Array>),
  });
  const bytes = Buffer.alloc(300_000, 7);
  expect((await container.putArtifact('axe/evidence/p1/a.json', bytes)).size).toBe(bytes.length);
  expect(objects.get('axe/evidence/p1/a.json')?.equals(bytes)).toBe(true);
  away = 1;
  expect(String(await container.getArtifact('j1/axe/a.json'))).toBe('kept');
});

test('what the store refuses for good is refused at once, and a store that stayed away is told as such', async () => {
  const { container } = pair({
    putArtifact: () => Promise.reject(new StageflowError('disk_full', { path: 'the store' })),
  });
  const began = Date.now();
  await expect(container.putArtifact('axe/evidence/p1/a.json', Buffer.from('x'))).rejects.toThrow(/disk_full/);
  expect(Date.now() - began).toBeLessThan(200);
  expect(fatalError(new EngineRefusal('PUT a', 503, 'store_failed', 'away')).code).toBe('store_failed');
  expect(fatalError(new EngineRefusal('PUT a', 500, 'ledger_failed', 'x')).code).toBe('internal');
});

test('a runner is given the next step towards a goal, and told where there is no model', async () => {
  const request = {
    scanner: 'ai-navigator',
    pageId: `p${'0'.repeat(16)}`,
    step: 1,
    url: 'http://x.test/',
    title: '',
    elements: [],
    text: '',
    history: [],
  };
  const use = { requests: 1, tokens: 9, usd: null, most: { requests: 1, tokens: 9, usd: 1 }, model: 'm' };
  const answer = { ok: false, reason: 'the cap of 1 requests to the model is reached', use } as const;
  const { container } = pair({ plan: async (asked) => (asked.step === 1 ? answer : null) });
  expect(await container.plan(request)).toEqual(answer);
  expect(await container.plan({ ...request, step: 2 })).toBeNull();
  expect(await pair({}).container.plan(request)).toBeNull();
});
