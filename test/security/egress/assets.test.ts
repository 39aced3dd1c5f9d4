import { once } from 'node:events';
import { createServer, request as requestHttp } from 'node:http';
import { connect as connectH2, createSecureServer } from 'node:http2';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress, type EgressPolicy } from '../../../engine/egress/index.ts';
import { createOwnAuthority } from '../../../scanners/runtime/proxy/certificate.ts';
import { type Proxy, startProxy } from '../../../scanners/runtime/proxy/index.ts';
import { openPair } from '../../integration/pod/pair.ts';
import { listening, worldOf } from './world.ts';

const IP = '93.184.216.34';
const CDN = 'cdn.example';
const authority = createOwnAuthority();
const ASSETS: EgressPolicy = { kind: 'assets', allowHosts: [], allowAssets: [CDN], trust: [authority.pem] };

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** An asset host over TLS that remembers each request, and the guard of a job that may read from it. */
async function assetHost(policy: Partial<EgressPolicy> = {}) {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createSecureServer({ ...authority.for(CDN), allowHTTP1: true }, (from, to) => {
    asked.push(`${from.method} ${from.url} ${from.headers.cookie ?? ''}`.trim());
    to.setHeader('set-cookie', ['a=1', 'b=2']);
    to.end('body { color: red }');
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await listening(server);
  open.push(() => (sockets.forEach((socket) => socket.destroy()), server.close()));
  const plain: string[] = [];
  const http = await listening(
    createServer((from, to) => {
      plain.push(`${from.method} ${from.url}`);
      to.end('plain');
    }),
  );
  open.push(() => (http.closeAllConnections(), http.close()));
  const { ports } = worldOf({
    names: { [CDN]: [IP] },
    servers: { [`${IP}:443`]: server, [`${IP}:80`]: http },
  });
  const egress = createEgress({ ...ASSETS, ...policy }, ports);
  open.push(() => egress.close());
  return { asked, plain, egress };
}

/** Resolves with the reason for which a stream was cut. */
const cut = async (stream: Duplex) => ((await once(stream, 'error')) as [Error])[0].message;

const head = (line: string, ...fields: string[]) => [line, `Host: ${CDN}`, ...fields, '', ''].join('\r\n');

describe('a host opened for assets, at the guard', () => {
  it.each([
    [80, false],
    [443, true],
  ])('E11 is judged request by request on one connection, port %d', async (port, tls) => {
    const { asked, plain, egress } = await assetHost();
    const answer = await egress.dial(`${CDN}:${port}`, tls);
    if (!answer.ok) throw new Error(answer.reason);
    const seen = tls ? asked : plain;
    const { socket } = answer;
    for (const path of ['/one.css', '/two.css']) {
      for (const byte of head(`GET ${path} HTTP/1.1`)) socket.write(byte);
      expect(String((await once(socket, 'data'))[0])).toContain('HTTP/1.1 200');
    }
    const end = cut(socket);
    socket.write(head('POST /three HTTP/1.1', 'Content-Length: 0'));
    expect(await end).toMatch(/only read/);
    expect(seen).toEqual(['GET /one.css', 'GET /two.css']);
    expect(egress.records().connections).toMatchObject([{ protocol: tls ? 'tls' : 'http', verdict: 'denied' }]);
  });

  it.each([
    ['a body', head('GET / HTTP/1.1', 'Content-Length: 5') + 'order', /with a body/],
    ['a body in chunks', head('GET / HTTP/1.1', 'Transfer-Encoding: chunked') + '0\r\n\r\n', /with a body/],
    ['a change of protocol', head('GET / HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket'), /only read/],
    ['another host of the same server', 'GET / HTTP/1.1\r\nHost: api.example\r\n\r\n', /another Host/],
    ['the host at another port', `GET / HTTP/1.1\r\nHost: ${CDN}:80\r\n\r\n`, /another Host/],
    ['the preflight of another', head('OPTIONS / HTTP/1.1'), /only read/],
    ['TLS inside', '\x16\x03\x01\x00\x04\x01\x00\x00\x00', /spoken by the engine/],
  ])('E11 gets no request with %s, even behind one that is read', async (_, bytes, reason) => {
    const { asked, egress } = await assetHost();
    for (const before of ['', head('GET /one.css HTTP/1.1')]) {
      const answer = await egress.dial(`${CDN}:443`, true);
      if (!answer.ok) throw new Error(answer.reason);
      if (before !== '') {
        answer.socket.write(before);
        await once(answer.socket, 'data');
      }
      const end = cut(answer.socket);
      answer.socket.write(Buffer.from(bytes, 'latin1'));
      expect(await end).toMatch(reason);
    }
    expect(asked).toEqual(['GET /one.css']);
  });

  it('E11 gets no TLS of the pod, in which nobody could look', async () => {
    const { asked, egress } = await assetHost();
    const answer = await egress.dial(`${CDN}:443`);
    if (!answer.ok) throw new Error(answer.reason);
    const end = cut(answer.socket);
    connectTls({ socket: answer.socket, servername: CDN, rejectUnauthorized: false }).on('error', () => {});
    expect(await end).toMatch(/spoken by the engine/);
    expect(asked).toEqual([]);
  });

  it('is refused when its certificate is not its own', async () => {
    const { egress } = await assetHost({ trust: [] });
    expect(await egress.dial(`${CDN}:443`, true)).toMatchObject({ ok: false, status: 502 });
  });

  it('is only read from also where a person named its port, and on the web nobody else speaks TLS', async () => {
    const { asked, egress } = await assetHost({ allowHosts: [`${CDN}:443`] });
    const answer = await egress.dial(`${CDN}:443`, true);
    if (!answer.ok) throw new Error(answer.reason);
    const end = cut(answer.socket);
    answer.socket.write(head('PUT / HTTP/1.1'));
    expect(await end).toMatch(/only read/);
    expect(asked).toEqual([]);
    const web = await assetHost({ kind: 'web' });
    expect(await web.egress.dial(`${CDN}:443`, true)).toMatchObject({ ok: false, status: 400 });
  });
});

/** A connection through the proxy, as a browser asks for it. */
async function through(proxy: Proxy, target: string): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
  return socket;
}

describe('a host opened for assets, from a pod', () => {
  async function pod() {
    const host = await assetHost();
    const { container, engine } = openPair({ dial: (target, tls) => host.egress.dial(target, tls) });
    open.push(() => engine.destroy());
    const proxy = await startProxy({
      tunnel: (target, tls) => container.tunnel(target, tls),
      site: { origin: 'http://build.localhost', port: 1 },
    });
    open.push(() => proxy.close());
    return { ...host, proxy };
  }

  it('E11 is read over HTTP/2, and a POST on the same connection ends in the pod', async () => {
    const { asked, proxy } = await pod();
    const socket = await through(proxy, `${CDN}:443`);
    const tls = connectTls({ socket, servername: CDN, ca: [proxy.authority.pem], ALPNProtocols: ['h2'] });
    const session = connectH2(`https://${CDN}`, { createConnection: () => tls });
    open.push(() => session.destroy());
    const ask = async (method: string, more = {}, body = '') => {
      const stream = session.request({ ':method': method, ':path': `/${method}`, ...more }, { endStream: body === '' });
      if (body !== '') stream.end(body);
      const [answer] = await once(stream, 'response');
      stream.resume();
      await once(stream, 'end');
      return answer;
    };
    const read = await ask('GET', { cookie: ['a=1', 'b=2'] });
    expect(read).toMatchObject({ ':status': 200, 'set-cookie': ['a=1', 'b=2'] });
    expect(await ask('POST', {}, 'stolen')).toMatchObject({ ':status': 403, 'x-stageflow-refused': 'egress_denied' });
    expect(await ask('OPTIONS')).toMatchObject({ ':status': 403 });
    expect(await ask('GET', { ':authority': 'api.example' })).toMatchObject({ ':status': 421 });
    expect(await ask('HEAD')).toMatchObject({ ':status': 200 });
    expect(asked).toEqual(['GET /GET a=1; b=2', 'HEAD /HEAD']);
  });

  it('E11 is read in the plain, and nothing else leaves', async () => {
    const { plain, proxy } = await pod();
    const ask = (method: string) =>
      new Promise<number>((resolve, reject) => {
        const path = `http://${CDN}/${method}`;
        requestHttp({ host: '127.0.0.1', port: proxy.port, method, path, headers: { host: CDN } }, (answer) =>
          answer.resume().on('end', () => resolve(answer.statusCode ?? 0)),
        )
          .on('error', reject)
          .end();
      });
    expect([await ask('GET'), await ask('POST'), await ask('GET')]).toEqual([200, 403, 200]);
    expect(plain).toEqual(['GET /GET', 'GET /GET']);
  });
});
