import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { StageflowError } from '@stageflow/engine/kernel';
import type { App } from '../app.ts';
import { problemResponse } from '../problem.ts';

/** A listener on a data folder's socket. */
export interface LocalListener {
  /** Ends every connection at once: what follows a job here goes on with the next engine. */
  close(): Promise<void>;
}

/** Serves an app to the machine's owner on a unix socket. The folder around it is closed to others already; its mode 0600 says so twice. */
export async function listenLocally(app: App, socket: string): Promise<LocalListener> {
  const server = createServer(
    { requestTimeout: 0 },
    getRequestListener((request) => app.fetch(request, { address: null, owner: true }), {
      hostname: 'localhost',
      overrideGlobalObjects: false,
      errorHandler: () =>
        problemResponse(new StageflowError('bad_request', { reason: 'its address is malformed' }), '-'),
    }),
  );
  server.listen(socket);
  await once(server, 'listening');
  chmodSync(socket, 0o600);
  return {
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
