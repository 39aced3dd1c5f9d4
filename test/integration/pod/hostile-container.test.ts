import http2 from 'node:http2';
import { duplexPair } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { serveChannel } from '../../../engine/pod/channel/index.ts';
import type { ChannelHandlers } from '../../../engine/pod/index.ts';
import type { ContainerMessage } from '../../../engine/scanner/index.ts';
import { handlersOf, memoryStore, openPair } from './pair.ts';

const open: { destroy(): void }[] = [];
afterEach(() => {
  for (const item of open.splice(0)) item.destroy();
});

function pair(...input: Parameters<typeof openPair>) {
  const made = openPair(...input);
  open.push(made.engine);
  return made;
}

/** A container that speaks HTTP/2 by hand. */
function raw(handlers: Partial<ChannelHandlers>, budget = 1e6) {
  const [near, far] = duplexPair();
  const ends: unknown[] = [];
  open.push(
    serveChannel(near, {
      handlers: handlersOf(handlers),
      budget: { left: budget },
      end: (reason) => ends.push(reason),
    }),
  );
  const session = http2.connect('http://engine', { createConnection: () => far });
  open.push(session);
  const request = (headers: http2.OutgoingHttpHeaders, body: string | Buffer) =>
    new Promise<{ status: number }>((resolve, reject) => {
      const stream = session.request(headers);
      stream.on('response', (head) => resolve({ status: Number(head[':status']) }));
      stream.on('error', reject);
      stream.end(body);
    });
  return { request, ends };
}

test.each([
  '../provenance.json',
  'axe/evidence/p1/../../x',
  'axe/cells/p1.json',
  '/etc/passwd',
  'axe/evidence/p1/%2e%2e/x',
])('U15 refuses to store at %s before the store is asked', async (path) => {
  const { container } = pair({});
  await expect(container.putArtifact(path, Buffer.alloc(100_000))).rejects.toMatchObject({
    status: 400,
    code: 'bad_result',
  });
});

test('U15 an upload whose bytes are not those of its hash is refused', async () => {
  const store = memoryStore();
  const { request } = raw({ putArtifact: store.put });
  const path = { ':method': 'PUT', ':path': '/artifacts/axe/evidence/p1/a.png' };
  expect((await request({ ...path, 'x-content-sha256': '0'.repeat(64) }, 'other bytes')).status).toBe(400);
  expect((await request(path, 'bytes without a hash')).status).toBe(400);
  expect(store.objects.size).toBe(0);
});

test('U15 an upload that is reset half way is never taken for a whole one', async () => {
  const store = memoryStore();
  let failure: (error: unknown) => void = () => undefined;
  const failed = new Promise((resolve) => (failure = resolve));
  const [near, far] = duplexPair();
  const put: ChannelHandlers['putArtifact'] = (path, sha256, body) =>
    store.put(path, sha256, body).catch((error: unknown) => {
      failure(error);
      throw error;
    });
  open.push(
    serveChannel(near, { handlers: handlersOf({ putArtifact: put }), budget: { left: 1e9 }, end: () => undefined }),
  );
  const session = http2.connect('http://engine', { createConnection: () => far });
  const stream = session.request({
    ':method': 'PUT',
    ':path': '/artifacts/axe/evidence/p1/a.png',
    'x-content-sha256': '0'.repeat(64),
  });
  stream.on('error', () => undefined);
  stream.write(Buffer.alloc(1000), () => stream.close(http2.constants.NGHTTP2_CANCEL));
  expect(await failed).toBeInstanceOf(Error);
  expect(store.objects.size).toBe(0);
  session.destroy();
});

const hostileBodies: [string, string | Buffer, number][] = [
  ['deep JSON', `{"type":"heartbeat","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400],
  ['huge JSON', `{"type":"heartbeat","x":"${'x'.repeat(2 ** 21)}"}`, 413],
  ['a small message with 300 kB in it', `{"type":"heartbeat","x":"${'x'.repeat(300_000)}"}`, 413],
  ['an unknown type', '{"type":"shell"}', 400],
  ['a wrong shape', '{"type":"cell.done","pageId":"../../x"}', 400],
  ['no JSON', 'hello', 400],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400],
  ['nothing', '', 400],
];

test.each(hostileBodies)('U15 refuses a message with %s', async (_name, body, status) => {
  const { request, ends } = raw({ message: async () => ({ skip: false }) });
  expect((await request({ ':method': 'POST', ':path': '/messages' }, body)).status).toBe(status);
  expect(ends).toEqual([]);
});

test('U15 keys named __proto__ change nothing', async () => {
  const heard: ContainerMessage[] = [];
  const { request } = raw({
    message: async (message) => {
      heard.push(message);
      return { skip: false };
    },
  });
  await request(
    { ':method': 'POST', ':path': '/messages' },
    '{"type":"heartbeat","__proto__":{"type":"fatal","polluted":1}}',
  );
  expect(heard).toEqual([{ type: 'heartbeat' }]);
  expect((heard[0] as { polluted?: number }).polluted).toBeUndefined();
});

test('U15 a container that keeps breaking the protocol is ended as bad_result', async () => {
  const { request, ends } = raw({});
  for (let i = 0; i < 8; i++) await request({ ':method': 'POST', ':path': '/messages' }, '[]');
  expect(ends).toEqual([{ kind: 'violation', reason: 'a message that does not fit its schema at its root' }]);
});

test('U15 bytes that are not HTTP/2 end the container', async () => {
  const [near, far] = duplexPair();
  const ended = new Promise((resolve) => {
    const channel = serveChannel(near, { handlers: handlersOf({}), budget: { left: 0 }, end: resolve });
    open.push(channel);
  });
  far.resume().write('console.log("a stray print")\n'.repeat(10));
  expect(await ended).toEqual({ kind: 'violation', reason: 'bytes that are not HTTP/2' });
});
