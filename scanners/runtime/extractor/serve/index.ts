/**
 * Serve: the build over HTTP/1.1 on the loopback, as its real host would.
 * Enters: a site that was read. Leaves: answers with exactly the headers that the build declares, plus neutral ones.
 * Called by the extractor's run. It must never open a file by a name from a request, and never answer another interface.
 */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Site } from '../site/index.ts';
import { answer } from './answer.ts';
import { Compressor } from './compress.ts';

/** A site being served. */
export interface ServedSite {
  readonly port: number;
  /** Ends every connection and the listener. */
  close(): Promise<void>;
}

const HEADER_BYTES = 32 << 10;

/** Serves `site` on 127.0.0.1; port 0 lets the system choose. Rejects when the port cannot be had. */
export async function serveSite(site: Site, port: number): Promise<ServedSite> {
  const compressor = new Compressor();
  const server = createServer({ maxHeaderSize: HEADER_BYTES, keepAliveTimeout: 30_000 }, (request, response) => {
    answer(site, compressor, request, response).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
