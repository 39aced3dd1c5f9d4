import { createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { readClientHello } from './client-hello.ts';

/** The bytes that a real TLS client sends first. */
function helloOf(options: ConnectionOptions): Promise<Buffer> {
  return new Promise((done) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (chunk) => {
        done(chunk);
        socket.destroy();
        server.close();
      });
    });
    server.listen(0, '127.0.0.1', () => {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      connectTls({ socket, ...options }).on('error', () => {});
    });
  });
}

/** Wraps handshake bytes in TLS records of at most `size` bytes. */
function records(handshake: Buffer, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < handshake.length; at += size) {
    const part = handshake.subarray(at, at + size);
    parts.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(parts);
}

/** A hello with nothing but the given extensions. */
function helloWith(extensions: readonly Buffer[]): Buffer {
  const all = Buffer.concat(extensions);
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32),
    Buffer.from([0, 0, 2, 0x13, 0x01, 1, 0, all.length >> 8, all.length & 255]),
    all,
  ]);
  return records(Buffer.concat([Buffer.from([1, 0, body.length >> 8, body.length & 255]), body]), 16_384);
}

function serverName(...names: readonly (readonly [number, string])[]): Buffer {
  const list = Buffer.concat(
    names.map(([type, name]) =>
      Buffer.concat([Buffer.from([type, name.length >> 8, name.length & 255]), Buffer.from(name, 'latin1')]),
    ),
  );
  return Buffer.concat([Buffer.from([0, 0, 0, list.length + 2, list.length >> 8, list.length & 255]), list]);
}

describe('the first bytes of a TLS client', () => {
  let hello: Buffer;
  beforeAll(async () => {
    hello = await helloOf({ servername: 'shop.example.com', ALPNProtocols: ['h2', 'http/1.1'] });
  });

  it('give the server name, whatever the version', async () => {
    expect(readClientHello(hello)).toEqual({ state: 'hello', sni: 'shop.example.com' });
    const old = await helloOf({ servername: 'shop.example.com', maxVersion: 'TLSv1.2' });
    expect(readClientHello(old)).toEqual({ state: 'hello', sni: 'shop.example.com' });
    expect(readClientHello(await helloOf({ servername: '' }))).toEqual({ state: 'hello', sni: null });
  });

  it('ask for more until the last byte is there, and never say bad on the way', () => {
    for (let length = 0; length < hello.length; length++) {
      expect(readClientHello(hello.subarray(0, length)).state, `${length}`).toBe('more');
    }
    expect(readClientHello(Buffer.concat([hello, Buffer.from('early data')])).state).toBe('hello');
  });

  it.each([1, 2, 3, 5, 100, 300])('may come in records of %d bytes', (size) => {
    const split = records(hello.subarray(5), size);
    expect(readClientHello(split)).toEqual({ state: 'hello', sni: 'shop.example.com' });
    expect(readClientHello(split.subarray(0, -1)).state).toBe('more');
  });

  it.each([
    ['one name', [serverName([0, 'a.example'])], { state: 'hello', sni: 'a.example' }],
    ['no extension', [], { state: 'hello', sni: null }],
    ['two names in one list', [serverName([0, 'a.example'], [0, 'b.example'])], { state: 'bad' }],
    ['two server name extensions', [serverName([0, 'a.example']), serverName([0, 'b.example'])], { state: 'bad' }],
    ['an unknown kind of name', [serverName([1, 'a.example'])], { state: 'bad' }],
    ['an empty name', [serverName([0, ''])], { state: 'bad' }],
    ['a zero byte in the name', [serverName([0, 'a.example\0.evil'])], { state: 'bad' }],
    ['white space in the name', [serverName([0, 'a example'])], { state: 'bad' }],
    ['an extension that is cut short', [Buffer.from([0, 0, 0, 9, 0])], { state: 'bad' }],
  ])('with %s', (_, extensions, expected) => {
    expect(readClientHello(helloWith(extensions))).toMatchObject(expected);
  });

  it.each([
    ['HTTP', 'GET / HTTP/1.1\r\n'],
    ['another record type', '\x17\x03\x03\x00\x01x'],
    ['SSL 2', '\x80\x2e\x01\x00\x02'],
    ['an empty record', '\x16\x03\x01\x00\x00'],
    ['a record of 16 KiB and one byte', '\x16\x03\x01\x40\x01'],
    ['a hello of 16 MiB', '\x16\x03\x01\x00\x04\x01\xff\xff\xff'],
    ['another handshake', '\x16\x03\x01\x00\x04\x02\x00\x00\x01'],
    ['another record type after the first', '\x16\x03\x01\x00\x04\x01\x00\x00\x80\x17'],
  ])('are refused when they are %s', (_, bytes) => {
    expect(readClientHello(Buffer.from(bytes, 'latin1')).state).toBe('bad');
  });

  it('never throw nor change the name silently when any one byte is flipped', () => {
    for (let at = 0; at < hello.length; at++) {
      const flipped = Buffer.from(hello);
      flipped[at] = (flipped[at] ?? 0) ^ 0xff;
      const found = readClientHello(flipped);
      expect(['more', 'bad', 'hello']).toContain(found.state);
      const inName = at >= hello.indexOf('shop.example.com') && at < hello.indexOf('shop.example.com') + 16;
      if (found.state === 'hello' && inName) expect(found.sni).not.toBe('shop.example.com');
    }
  });
});
