import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog, systemClock } from '../../../engine/kernel/index.ts';
import type { App } from '../../../server/app.ts';
import { pacedBody } from '../../../server/listen/body-pace.ts';
import { clientAddress } from '../../../server/listen/client-address.ts';
import { type Listener, listen, type ListenOptions, TRANSPORT_LIMITS } from '../../../server/listen/listen.ts';
import { createVirtualClock } from '../../simulation/virtual-clock.ts';

const PROXIES = ['127.0.0.1', '::1'];
const CONFIG = { host: '127.0.0.1', port: 0, publicUrl: null, trustProxy: false, proxies: PROXIES };
const MEBIBYTE = 2 ** 20;

/** What reached the app, and answers that are of use here: an echo, a count of the body, an endless download. */
const seen: string[] = [];
let endlessCut = 0;
const app: App = {
  fetch: async (request, peer) => {
    const { pathname } = new URL(request.url);
    seen.push(`${request.method} ${pathname}`);
    if (pathname === '/peer') return new Response(peer?.address ?? 'none');
    if (pathname === '/endless') {
      const cancel = () => void (endlessCut += 1);
      return new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(MEBIBYTE)), cancel }));
    }
    if (pathname === '/broken') {
      const pull = (c: ReadableStreamDefaultController) => c.error(new Error('/secret/path is gone'));
      return new Response(new ReadableStream({ pull }));
    }
    if (pathname === '/early') return new Response('no', { status: 413 });
    let bytes = 0;
    try {
      for await (const chunk of request.body ?? []) bytes += chunk.byteLength;
    } catch (error) {
      return new Response((error as { code: string }).code, { status: 408 });
    }
    return new Response(String(bytes));
  },
};

const listeners: Listener[] = [];
const start = async (options: Partial<ListenOptions> = {}) => {
  const listener = await listen({ app, config: CONFIG, clock: systemClock, log: silentLog, ...options });
  listeners.push(listener);
  return listener.port;
};
afterAll(async () => {
  await Promise.all(listeners.map((listener) => listener.close(0)));
});

/** Resolves when a socket is closed, well or not. */
const closed = (socket: Socket) =>
  socket.closed ? Promise.resolve() : new Promise<void>((resolve) => socket.once('close', () => resolve()));

/** Sends bytes as they are and gives back all that comes until the server closes, or `wait` milliseconds of quiet after an answer. */
async function raw(port: number, text: string, localAddress = '127.0.0.1'): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  let got = '';
  socket.on('data', (chunk) => {
    got += chunk.toString('latin1');
    socket.setTimeout(150);
  });
  socket.on('timeout', () => socket.destroy());
  socket.on('error', () => {});
  socket.write(text);
  await closed(socket);
  return got;
}
const statuses = (answer: string) => [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));

let port: number;
beforeAll(async () => {
  port = await start();
});
const host = () => `127.0.0.1:${port}`;

describe('A10 the transport', () => {
  const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: HOST\r\n\r\n';
  it.each([
    [
      'CL.TE',
      `POST /a HTTP/1.1\r\nHost: HOST\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      'TE.CL',
      `POST /a HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n${smuggled}\r\n0\r\n\r\n`,
    ],
    ['two lengths', `POST /a HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\n${smuggled}`],
    ['a signed length', `POST /a HTTP/1.1\r\nHost: HOST\r\nContent-Length: +0\r\n\r\n${smuggled}`],
    ['an unknown transfer coding', `POST /a HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n${smuggled}`],
    [
      'chunked that is not last',
      `POST /a HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked, identity\r\n\r\n${smuggled}`,
    ],
    [
      'a space before the colon',
      `POST /a HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ],
    ['a folded header', `GET /a HTTP/1.1\r\nHost: HOST\r\nX-A: b\r\n folded\r\n\r\n${smuggled}`],
    ['a bare carriage return', `GET /a HTTP/1.1\r\nHost: HOST\r\nX-A: b\rX-B: c\r\n\r\n${smuggled}`],
  ])('refuses %s and reads nothing behind it', async (_, text) => {
    seen.length = 0;
    const begun = performance.now();
    const answer = await raw(port, text.replaceAll('HOST', host()));
    expect(statuses(answer)[0]).toBe(400);
    expect(seen).not.toContain('GET /smuggled');
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it('refuses no Host, two Hosts, a Host of somebody else and a target of somebody else', async () => {
    seen.length = 0;
    const close = 'Connection: close\r\n\r\n';
    const none = await raw(port, `GET / HTTP/1.1\r\n${close}`);
    const two = await raw(port, `GET / HTTP/1.1\r\nHost: ${host()}\r\nHost: ${host()}\r\n${close}`);
    const rebound = await raw(port, `GET / HTTP/1.1\r\nHost: evil.example:${port}\r\n${close}`);
    const target = await raw(port, `GET http://evil.example/ HTTP/1.1\r\nHost: ${host()}\r\n${close}`);
    expect([none, two, rebound, target].map((answer) => statuses(answer)[0])).toEqual([400, 400, 421, 421]);
    expect(rebound).toContain('"code":"misdirected"');
    expect(rebound.toLowerCase()).toContain('content-security-policy');
    expect(seen).toEqual([]);
  });

  it('refuses headers beyond 16 KiB', async () => {
    const answer = await raw(port, `GET / HTTP/1.1\r\nHost: ${host()}\r\nX-Long: ${'a'.repeat(17_000)}\r\n\r\n`);
    expect(statuses(answer)).toEqual([431]);
    expect(answer).toMatch(/content-type: application\/problem\+json[^]*"code":"too_large"/);
  });

  it.each([
    ['a foreign Origin', 'POST', { origin: 'https://evil.example' }, 403],
    ['the null Origin', 'POST', { origin: 'null' }, 403],
    ['another site by fetch', 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }, 403],
    ['a followed link', 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 200],
    ['a page of its own', 'POST', { origin: 'OWN' }, 200],
    ['a script without Origin', 'POST', {}, 200],
  ])('answers %s with its due', async (_, method, headers, status) => {
    const own = Object.entries(headers).map(
      ([name, value]) => `${name}: ${value.replace('OWN', `http://${host()}`)}\r\n`,
    );
    const head = `${method} /api/v1/x HTTP/1.1\r\nHost: ${host()}\r\nContent-Length: 0\r\nConnection: close\r\n`;
    expect(statuses(await raw(port, `${head}${own.join('')}\r\n`))).toEqual([status]);
  });

  it('ends an answer that broke off without a word about why', async () => {
    const answer = await raw(port, `GET /broken HTTP/1.1\r\nHost: ${host()}\r\n\r\n`);
    expect(answer).not.toContain('secret');
    expect(answer.endsWith('0\r\n\r\n')).toBe(false);
  });
});

describe('A6 a body', () => {
  it('may take long as a whole while it keeps its pace', async () => {
    const clock = createVirtualClock();
    let came = 0;
    const own = await start({
      clock,
      limits: { body: { bytesPerSecond: 1000, windowMs: 200, silentMs: 200 } },
      app: {
        fetch: async (request) => {
          for await (const chunk of request.body ?? []) came += chunk.byteLength;
          return new Response(String(came));
        },
      },
    });
    const socket = connect(own, '127.0.0.1');
    const answered = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())));
    socket.write(`POST /a HTTP/1.1\r\nHost: 127.0.0.1:${own}\r\nContent-Length: 5000\r\n\r\n`);
    // 500 bytes each 100 ms of its time: a second in all, five times the window.
    for (let sent = 500; sent <= 5000; sent += 500) {
      socket.write('a'.repeat(500));
      await expect.poll(() => came).toBe(sent);
      clock.after(100, () => {});
      await clock.runUntil(() => false, 100);
    }
    expect(await answered).toMatch(/200 OK[^]*5000$/);
    socket.destroy();
  });

  it('that trickles is cut with request_timeout', async () => {
    const own = await start({ limits: { body: { bytesPerSecond: 1000, windowMs: 200, silentMs: 200 } } });
    const answer = await raw(own, `POST /a HTTP/1.1\r\nHost: 127.0.0.1:${own}\r\nContent-Length: 5000\r\n\r\nabc`);
    expect(statuses(answer)).toEqual([408]);
    expect(answer).toContain('request_timeout');
  });

  it('of 200 MiB at 5 Mbit/s comes through in 320 seconds, and one below 64 KiB/s is cut after 60', async () => {
    const MOST = 200 * MEBIBYTE;
    /** A sender of `bytesPerSecond` in virtual time; how much of it came through, and when it ended. */
    const send = async (bytesPerSecond: number) => {
      const clock = createVirtualClock();
      const begun = clock.now();
      const piece = new Uint8Array(bytesPerSecond / 10);
      let sent = 0;
      const body = new ReadableStream<Uint8Array>(
        {
          async pull(controller) {
            await clock.sleep(100);
            sent += piece.length;
            controller.enqueue(piece);
            if (sent >= MOST) controller.close();
          },
        },
        { highWaterMark: 0 },
      );
      let came = 0;
      let end: string | null = null;
      const reading = (async () => {
        for await (const chunk of pacedBody(body, clock)) came += chunk.length;
      })().then(
        () => (end = 'whole'),
        (error: { code: string }) => (end = error.code),
      );
      await clock.runUntil(() => end !== null, 400_000);
      await reading;
      return { end, came, seconds: Math.round((clock.now() - begun) / 1000) };
    };
    expect(await send(655_360)).toEqual({ end: 'whole', came: MOST, seconds: 320 });
    expect(await send(60_000)).toMatchObject({ end: 'request_timeout', seconds: 60 });
  });

  it('has no bound as a whole, and one that was set would hold: Node’s own 300 seconds would cut the 320', async () => {
    expect(TRANSPORT_LIMITS.requestMs).toBe(0);
    const own = await start({ limits: { headersMs: 200, requestMs: 200 } });
    const answer = await raw(own, `POST /a HTTP/1.1\r\nHost: 127.0.0.1:${own}\r\nContent-Length: 5000\r\n\r\nabc`);
    expect(statuses(answer)).toEqual([408]);
    expect(answer).not.toContain('request_timeout');
  });

  it('that nobody wants is not waited for', async () => {
    const answer = await raw(port, `POST /early HTTP/1.1\r\nHost: ${host()}\r\nContent-Length: 5000000\r\n\r\nabc`);
    expect(statuses(answer)).toEqual([413]);
  });
});

describe('A7 slow clients', () => {
  const opened: Socket[] = [];
  const open = async (to: number, localAddress: string, text: string): Promise<Socket> => {
    const socket = connect({ port: to, host: '127.0.0.1', localAddress });
    socket.on('error', () => {});
    opened.push(socket);
    await once(socket, 'connect');
    socket.write(text);
    socket.resume();
    return socket;
  };
  afterAll(() => {
    for (const socket of opened) socket.destroy();
  });

  it('two thousand of them, with half headers, half bodies and answers left unread: others are served within a second, and all are gone in time', async () => {
    const own = await start({
      limits: { headersMs: 3000, unreadMs: 3000, body: { bytesPerSecond: 1000, windowMs: 6000, silentMs: 3000 } },
    });
    const line = `HTTP/1.1\r\nHost: 127.0.0.1:${own}\r\n`;
    const slow = [
      `GET / ${line}X-Slow: `,
      `POST /a ${line}Content-Length: 5000\r\n\r\nabc`,
      `GET /endless ${line}\r\n`,
    ];
    // Fifty from each of forty addresses. An endless answer fills buffers of megabytes: a few of them do.
    const sockets: Socket[] = [];
    let unread = 0;
    const cutBefore = endlessCut;
    for (let n = 0; n < 2000; n += 1) {
      const kind = n % 50 === 0 ? 2 : n % 2;
      const socket = await open(own, `127.0.1.${1 + (n % 40)}`, slow[kind] ?? '');
      if (kind === 2) {
        socket.pause();
        unread += 1;
      }
      sockets.push(socket);
    }
    const begun = performance.now();
    const times: number[] = [];
    for (let n = 0; n < 40; n += 1) {
      const asked = performance.now();
      await closed(await open(own, '127.0.2.1', `GET /peer ${line}Connection: close\r\n\r\n`));
      times.push(performance.now() - asked);
    }
    expect(times.toSorted((one, other) => one - other)[37]).toBeLessThan(1000);
    // Who begins to read now has been cut already: what lies in the kernel comes, and then the end.
    await expect.poll(() => endlessCut - cutBefore, { timeout: 30_000 }).toBe(unread);
    for (const socket of sockets) socket.resume();
    await Promise.all(sockets.map(closed));
    expect(performance.now() - begun).toBeLessThan(30_000);
  }, 90_000);

  it('of one address are fifty at most', async () => {
    const own = await start();
    const half = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${own}\r\nX-Slow: `;
    const sockets = await Promise.all(Array.from({ length: 60 }, () => open(own, '127.0.1.1', half)));
    await expect.poll(() => sockets.filter((socket) => socket.closed).length).toBe(10);
    expect(statuses(await raw(own, `GET /peer HTTP/1.1\r\nHost: 127.0.0.1:${own}\r\n\r\n`))).toEqual([200]);
  });

  it('are gone within thirty seconds by the bounds that hold when nobody changes them', () => {
    const { headersMs, unreadMs, body, connectionsPerAddress } = TRANSPORT_LIMITS;
    expect([headersMs, unreadMs, body.silentMs].filter((bound) => bound > 30_000)).toEqual([]);
    expect(connectionsPerAddress).toBe(50);
  });

  it('a reader who reads nothing is cut, a handler at work is not', async () => {
    const [begun, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const working = await start({
      limits: { unreadMs: 100 },
      app: {
        fetch: async () => {
          begun.resolve();
          await done.promise;
          return new Response('done');
        },
      },
    });
    const answer = raw(working, `GET / HTTP/1.1\r\nHost: 127.0.0.1:${working}\r\n\r\n`);
    await begun.promise;
    const cutBefore = endlessCut;
    // Three times as patient as the other one, which therefore had reason to cut by then.
    const own = await start({ limits: { unreadMs: 300 } });
    const socket = await open(own, '127.0.0.2', `GET /endless HTTP/1.1\r\nHost: 127.0.0.1:${own}\r\n\r\n`);
    socket.pause();
    await expect.poll(() => endlessCut, { timeout: 10_000 }).toBe(cutBefore + 1);
    done.resolve();
    expect(statuses(await answer)).toEqual([200]);
    // What the kernel holds is read first; then the end comes without the end of the body.
    const ended = closed(socket);
    socket.resume();
    await ended;
  });
});

describe('A3 where it listens', () => {
  it.each([
    [{ host: '0.0.0.0' }, 'TLS'],
    [{ host: '::', publicUrl: 'https://scan.example.org' }, 'STAGEFLOW_TRUST_PROXY'],
    [{ host: '0.0.0.0', publicUrl: 'http://scan.example.org', trustProxy: true }, 'https'],
    [{ host: '192.0.2.1', trustProxy: true }, 'STAGEFLOW_PUBLIC_URL'],
  ])('%j is refused with unsafe_listen', async (config, word) => {
    const refused = listen({ app, config: { ...CONFIG, ...config }, clock: systemClock, log: silentLog });
    await expect(refused).rejects.toMatchObject({ code: 'unsafe_listen', message: expect.stringContaining(word) });
  });

  it('beyond loopback works behind TLS and a trusted proxy, for the public host', async () => {
    const config = { ...CONFIG, host: '0.0.0.0', publicUrl: 'https://scan.example.org', trustProxy: true };
    const own = await start({ config });
    const ask = (name: string, more = '') =>
      raw(own, `GET /peer HTTP/1.1\r\nHost: ${name}\r\n${more}Connection: close\r\n\r\n`);
    const forwarded = 'X-Forwarded-For: 10.0.0.1, 203.0.113.9\r\n';
    expect(await ask('scan.example.org', forwarded)).toMatch(/200 OK[^]*203\.0\.113\.9$/);
    expect(statuses(await ask('evil.example'))).toEqual([421]);
    const elsewhere = await start({ config: { ...config, proxies: ['192.0.2.7'] } });
    const told = await raw(
      elsewhere,
      `GET /peer HTTP/1.1\r\nHost: scan.example.org\r\n${forwarded}Connection: close\r\n\r\n`,
    );
    expect(told).toMatch(/200 OK[^]*127\.0\.0\.1$/);
  });

  it('an address that is taken is told as such', async () => {
    const refused = listen({ app, config: { ...CONFIG, port }, clock: systemClock, log: silentLog });
    await expect(refused).rejects.toMatchObject({ code: 'bad_option' });
  });
});

describe('who asks', () => {
  it.each([
    ['127.0.0.1', '203.0.113.9', [], '127.0.0.1'],
    ['127.0.0.1', '198.51.100.7, 203.0.113.9', PROXIES, '203.0.113.9'],
    ['198.51.100.7', '203.0.113.9', PROXIES, '198.51.100.7'],
    ['::ffff:10.0.0.2', '203.0.113.9', ['10.0.0.2'], '203.0.113.9'],
    [undefined, '203.0.113.9', PROXIES, 'unknown'],
    ['::ffff:127.0.0.1', null, PROXIES, '127.0.0.1'],
    ['127.0.0.1', 'nonsense', PROXIES, '127.0.0.1'],
    ['127.0.0.1', '2001:DB8::0:1', PROXIES, '2001:db8::1'],
    [undefined, null, [], 'unknown'],
  ])('from %s with %s and the proxies %j is %s', (socket, forwarded, proxies, address) => {
    expect(clientAddress(socket, forwarded, proxies)).toBe(address);
  });
});
