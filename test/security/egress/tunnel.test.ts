import { createServer as createHttp } from 'node:http';
import { connect as connectH2, createSecureServer } from 'node:http2';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import type { Duplex } from 'node:stream';
import { connect as connectTls, createServer as createTls } from 'node:tls';
import type { TlsOptions } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress } from '../../../engine/egress/index.ts';
import type { Egress, EgressPolicy } from '../../../engine/egress/index.ts';
import { listening, turns, worldOf } from './world.ts';

const WEB: EgressPolicy = { kind: 'web', allowHosts: [], allowAssets: [] };
const IP = '93.184.216.34';
/** A pre-shared key stands in for certificates: what is tested is the tunnel, not the trust. */
const PSK = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const SERVER_TLS: TlsOptions = { pskCallback: () => PSK, ciphers: 'PSK-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' };
const clientTls = (servername: string) => ({
  servername,
  pskCallback: () => ({ psk: PSK, identity: 'test' }),
  ciphers: 'PSK-AES128-GCM-SHA256',
  maxVersion: 'TLSv1.2' as const,
  checkServerIdentity: () => undefined,
});

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const thing of open.splice(0)) thing.close();
});

/** A raw server that remembers what reached it. */
async function canary(
  onConnection: (socket: Socket) => void = () => {},
): Promise<Server & { heard: Buffer[]; sockets: Set<Socket> }> {
  const heard: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => heard.push(chunk));
    onConnection(socket);
  });
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return Object.assign(await listening(server), { heard, sockets });
}

async function running<T extends Server>(server: T): Promise<T> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return listening(server);
}

function egressTo(server: Server, port: number, policy: Partial<EgressPolicy> = {}): Egress {
  const servers = { [`${IP}:${port}`]: server, [`127.0.0.1:${port}`]: server };
  const names = { 'site.example': [IP], 'other.example': [IP] };
  const egress = createEgress({ ...WEB, ...policy }, worldOf({ names, servers }).ports);
  open.push(egress);
  return egress;
}

async function dialled(egress: Egress, authority: string): Promise<Duplex> {
  const answer = await egress.dial(authority);
  if (!answer.ok) throw new Error(answer.reason);
  return answer.socket;
}

/** Resolves with the error's message when a stream is cut, or null when it ends well. */
function ended(stream: Duplex): Promise<string | null> {
  return new Promise((done) => {
    let message: string | null = null;
    stream.on('error', (error) => {
      message = error.message;
    });
    stream.on('close', () => done(message));
    stream.resume();
  });
}

function textOf(stream: Duplex): Promise<string> {
  return new Promise((done, fail) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => done(Buffer.concat(chunks).toString('latin1')));
    stream.on('error', fail);
  });
}

const GET = 'GET / HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n\r\n';

describe('a tunnel to port 443', () => {
  it('E10 carries TLS when the server name is the host of the tunnel', async () => {
    const server = await running(createTls(SERVER_TLS, (socket) => socket.end('hello from tls')));
    const egress = egressTo(server, 443);
    const socket = await dialled(egress, 'site.example:443');
    expect(await textOf(connectTls({ socket, ...clientTls('site.example') }))).toBe('hello from tls');
    const [record] = egress.records().connections;
    expect(record).toMatchObject({ host: 'site.example', port: 443, address: IP, protocol: 'tls' });
    expect(record?.bytesUp).toBeGreaterThan(100);
    expect(record?.bytesDown).toBeGreaterThan(100);
  });

  it('E10 carries HTTP/2 over TLS', async () => {
    const server = createSecureServer({ ...SERVER_TLS }, (_request, response) => response.end('hello from h2'));
    const egress = egressTo(await running(server), 443);
    const tls = connectTls({
      socket: await dialled(egress, 'site.example:443'),
      ...clientTls('site.example'),
      ALPNProtocols: ['h2'],
    });
    const session = connectH2('https://site.example', { createConnection: () => tls });
    open.push(session);
    expect(await textOf(session.request({ ':path': '/' }))).toBe('hello from h2');
  });

  it('takes a hello without a server name only for an address', async () => {
    const server = await running(createTls(SERVER_TLS, (socket) => socket.end('hello')));
    const egress = egressTo(server, 443);
    const toAddress = connectTls({ socket: await dialled(egress, `${IP}:443`), ...clientTls('') });
    expect(await textOf(toAddress)).toBe('hello');
    const socket = await dialled(egress, 'site.example:443');
    const end = ended(socket);
    connectTls({ socket, ...clientTls('') }).on('error', () => {});
    expect(await end).toMatch(/names no server/);
  });

  it('E8 cuts a hello for another server before a byte reaches the upstream', async () => {
    const server = await canary();
    const egress = egressTo(server, 443);
    const socket = await dialled(egress, 'site.example:443');
    const end = ended(socket);
    connectTls({ socket, ...clientTls('other.example') }).on('error', () => {});
    expect(await end).toMatch(/names another server/);
    expect(server.heard).toEqual([]);
    expect(egress.records().connections).toMatchObject([{ verdict: 'denied', bytesUp: 0 }]);
  });

  it.each([
    ['plain HTTP', GET],
    ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['SMTP', 'EHLO evil\r\n'],
    ['Redis', '*1\r\n$4\r\nPING\r\n'],
    ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x28'],
    ['a record of an impossible length', '\x16\x03\x01\xff\xff'],
    ['a ServerHello', '\x16\x03\x01\x00\x04\x02\x00\x00\x00'],
  ])('E8 cuts %s on port 443 before a byte reaches the upstream', async (_, bytes) => {
    const server = await canary();
    const egress = egressTo(server, 443);
    const socket = await dialled(egress, 'site.example:443');
    const end = ended(socket);
    socket.write(Buffer.from(bytes, 'latin1'));
    expect(await end).not.toBeNull();
    expect(server.heard).toEqual([]);
  });

  it('E8 gives the client nothing of a server that speaks first', async () => {
    const [near, far] = duplexPair();
    const connect = () => Promise.resolve({ socket: near, remoteAddress: IP });
    const egress = createEgress(WEB, { ...worldOf({}).ports, connect });
    open.push(egress);
    const socket = await dialled(egress, `${IP}:443`);
    const got: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => got.push(chunk));
    far.write('SSH-2.0-private\r\n');
    await turns(20);
    const end = ended(socket);
    socket.write('SSH-2.0-me\r\n');
    expect(await end).not.toBeNull();
    expect(got).toEqual([]);
    expect(egress.records().totals).toMatchObject({ bytesUp: 0, bytesDown: 0 });
  });
});

describe('a tunnel to port 80', () => {
  it('E10 carries an HTTP request and its answer', async () => {
    const server = await running(
      createHttp((request, response) => response.end(`${request.method} ${request.headers.host}`)),
    );
    const egress = egressTo(server, 80);
    const socket = await dialled(egress, 'site.example:80');
    socket.write(GET);
    expect(await textOf(socket)).toContain('GET site.example');
    expect(egress.records().connections).toMatchObject([{ protocol: 'http' }]);
  });

  it('E10 judges a request that comes byte by byte', async () => {
    const server = await running(createHttp((_request, response) => response.end('slow but fine')));
    const socket = await dialled(egressTo(server, 80), 'site.example:80');
    for (const byte of GET) socket.write(byte);
    expect(await textOf(socket)).toContain('slow but fine');
  });

  it('E10 carries a WebSocket upgrade both ways', async () => {
    const server = createHttp();
    server.on('upgrade', (_request, socket: Duplex) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.on('data', (chunk: Buffer) => socket.end(`echo ${chunk.toString()}`));
    });
    const socket = await dialled(egressTo(await running(server), 80), 'site.example:80');
    socket.write(
      'GET /ws HTTP/1.1\r\nHost: site.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    socket.once('data', () => socket.write('frame'));
    expect(await textOf(socket)).toContain('echo frame');
  });

  it.each([
    ['another Host', 'GET / HTTP/1.1\r\nHost: other.example\r\n\r\n'],
    ['the host at another port', 'GET / HTTP/1.1\r\nHost: site.example:8080\r\n\r\n'],
    ['no Host', 'GET / HTTP/1.1\r\nAccept: */*\r\n\r\n'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: site.example\r\nHost: site.example\r\n\r\n'],
    ['an absolute target for another host', 'GET http://127.0.0.1/ HTTP/1.1\r\nHost: site.example\r\n\r\n'],
    ['an absolute target with another Host', 'GET http://site.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
    ['credentials in an absolute target', 'GET http://site.example@127.0.0.1/ HTTP/1.1\r\nHost: site.example\r\n\r\n'],
    ['an ftp target', 'GET ftp://site.example/ HTTP/1.1\r\nHost: site.example\r\n\r\n'],
    ['a nested CONNECT', 'CONNECT site.example:80 HTTP/1.1\r\nHost: site.example\r\n\r\n'],
    ['HTTP/2 without TLS', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/0.9', 'GET /\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: site.example\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: site.example\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    ['a header folded over lines', 'GET / HTTP/1.1\r\nHost: site.example\r\n x\r\n\r\n'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : site.example\r\n\r\n'],
    ['bare line feeds', 'GET / HTTP/1.1\r\nHost: site.example\nX: y\r\n\r\n'],
    ['a zero byte', 'GET / HTTP/1.1\r\nHost: site.example\r\nX: \0\r\n\r\n'],
    ['lower-case words', 'get / HTTP/1.1\r\nHost: site.example\r\n\r\n'],
    ['Redis', '*1\r\n$4\r\nPING\r\n'],
    ['NATS', 'CONNECT {}\r\nPING\r\n\r\n'],
    ['headers without end', `GET / HTTP/1.1\r\nHost: site.example\r\nX: ${'x'.repeat(70_000)}`],
  ])('E8 cuts a request with %s before a byte reaches the upstream', async (_, bytes) => {
    const server = await canary();
    const egress = egressTo(server, 80);
    const socket = await dialled(egress, 'site.example:80');
    const end = ended(socket);
    socket.write(Buffer.from(bytes, 'latin1'));
    expect(await end).not.toBeNull();
    expect(server.heard).toEqual([]);
    expect(egress.records().connections[0]?.verdict).toBe('denied');
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('E11 cuts a plain %s to a host opened for assets', async (method) => {
    const server = await canary();
    const egress = egressTo(server, 80, { kind: 'assets', allowAssets: ['site.example'] });
    const socket = await dialled(egress, 'site.example:80');
    const end = ended(socket);
    socket.write(`${method} / HTTP/1.1\r\nHost: site.example\r\n\r\n`);
    expect(await end).toMatch(/only read/);
    expect(server.heard).toEqual([]);
  });

  it('carries HTTP and TLS to a host and port that a person named', async () => {
    const plain = await running(createHttp((_request, response) => response.end('mine')));
    const named = { allowHosts: ['localhost:3000'] };
    const first = await dialled(egressTo(plain, 3000, named), 'localhost:3000');
    first.write('GET / HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n');
    expect(await textOf(first)).toContain('mine');
    const secure = await running(createTls(SERVER_TLS, (socket) => socket.end('mine too')));
    const second = await dialled(egressTo(secure, 3000, named), 'localhost:3000');
    expect(await textOf(connectTls({ socket: second, ...clientTls('localhost') }))).toBe('mine too');
  });
});
