import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import type { OwnAuthority } from './certificate.ts';
import type { ClientRequest, ClientResponse } from './fields.ts';

/** Ends the TLS of clients here, so that each of their requests is seen. */
export interface EndedTls {
  /** Takes over a connection whose client is about to speak TLS to `host:port`. */
  accept(client: Socket, authority: string): void;
  close(): void;
}

/** `forward` gets every request with the origin that its connection is for. */
export function createEndedTls(
  authority: OwnAuthority,
  forward: (from: ClientRequest, to: ClientResponse, origin: string) => void,
): EndedTls {
  const servers = new Map<string, Http2SecureServer>();
  const serverFor = (target: string): Http2SecureServer => {
    const url = new URL(`https://${target}`);
    const started = servers.get(url.host);
    if (started) return started;
    const server = createSecureServer({
      ...authority.for(url.hostname.replace(/^\[(.*)\]$/, '$1')),
      allowHTTP1: true,
      maxSessionMemory: 64,
    });
    server.on('request', (from, to) => {
      // A browser may take one connection for several hosts that a certificate names; this one is for one alone.
      const named = `https://${from.headers[':authority'] ?? from.headers.host}`;
      if (URL.canParse(named) && new URL(named).host === url.host) forward(from, to, url.origin);
      else to.writeHead(421).end();
    });
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    server.on('sessionError', () => {});
    servers.set(url.host, server);
    return server;
  };
  return {
    accept: (client, target) => {
      serverFor(target).emit('connection', client);
    },
    close: () => {
      for (const server of servers.values()) server.close();
    },
  };
}
