import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { handlersOf } from '../pod/pair.ts';
import { planFor, program } from '../pod/programs.ts';
import { realPodman } from '../pod/real-podman.ts';
import type { RealPodman } from '../pod/real-podman.ts';
import { testAuthority } from './test-authority.ts';

const ENGINE = `tlsproof${process.pid}`;
let podman: RealPodman;
afterAll(async () => {
  expect([...(await podman.pods(ENGINE)), ...(await podman.containers(ENGINE))]).toEqual([]);
});

test('TLS 1.3 and HTTP/2 pass through CONNECT on the channel, end to end, and an unknown authority is refused inside', async () => {
  podman = await realPodman(ENGINE);
  const authority = testAuthority('shop.test');
  const server = http2.createSecureServer({ key: authority.key, cert: authority.cert, minVersion: 'TLSv1.3' });
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200 });
    stream.end('x'.repeat(2 ** 20));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;

  const runner = program(`
    const tls = await import('node:tls');
    const http2 = await import('node:http2');
    const { once } = await import('node:events');
    const { ca } = JSON.parse(${JSON.stringify(JSON.stringify({ ca: authority.ca }))});
    const open = async (more) => {
      const tunnel = await engine.tunnel('shop.test:443');
      const socket = tls.connect({ socket: tunnel.socket, servername: 'shop.test', ALPNProtocols: ['h2'], ...more });
      await once(socket, 'secureConnect');
      return socket;
    };
    const socket = await open({ ca, minVersion: 'TLSv1.3' });
    const session = http2.connect('https://shop.test', { createConnection: () => socket });
    const sizes = await Promise.all(Array.from({ length: 8 }, async () => {
      const stream = session.request({ ':path': '/' });
      let size = 0;
      for await (const chunk of stream) size += chunk.length;
      return size;
    }));
    const stranger = await open({}).then(() => 'trusted', (error) => error.code);
    const denied = await engine.tunnel('10.0.0.1:443');
    await engine.send({ type: 'fatal', code: 'internal', reason: JSON.stringify({ protocol: socket.getProtocol(), alpn: socket.alpnProtocol, authorized: socket.authorized, sizes, stranger, denied }) });
    await engine.next('page');`);
  const said = Promise.withResolvers<string>();
  const pod = await podman.runtime({ runner }).create(planFor(ENGINE, podman.image));
  try {
    const container = await pod.start(
      'runner',
      handlersOf({
        message: async (message) => {
          if (message.type === 'fatal') said.resolve(message.reason);
          return { skip: false };
        },
        next: () => new Promise(() => undefined),
        dial: async (target) => {
          if (target !== 'shop.test:443')
            return { ok: false, status: 403, code: 'egress_denied', reason: 'a private address' };
          const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
          await once(socket, 'connect');
          return { ok: true, socket };
        },
      }),
    );
    void container.exited.then((report) => said.reject(new Error(report.stderr)));
    expect(JSON.parse(await said.promise)).toEqual({
      protocol: 'TLSv1.3',
      alpn: 'h2',
      authorized: true,
      sizes: Array.from({ length: 8 }, () => 2 ** 20),
      stranger: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      denied: { ok: false, status: 403, code: 'egress_denied', reason: 'a private address' },
    });
  } finally {
    await pod.remove();
    server.close();
  }
});
