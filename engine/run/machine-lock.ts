import { createServer, type Server } from 'node:net';

/** The one measurement lane of this host, whatever the user or engine (DESIGN decision 13). */
export interface MachineLock {
  /** True when the lane is this job's now; false while another job measures, of this engine or of another one. */
  tryAcquire(holder: string): Promise<boolean>;
  /** Gives the lane back; nothing happens when another job has it. */
  release(holder: string): void;
}

// An abstract socket (Linux) and a bound loopback port (elsewhere) are freed by the kernel when their owner dies, need no
// file that two users could fight over, and are seen by every user of the host.
const LINUX_NAME = '\0stageflow-machine-lane';
const PORT_ELSEWHERE = 47_613;

/** A lock held by listening; nothing is ever served on it. */
export function createMachineLock(name: string = LINUX_NAME): MachineLock {
  let held: { readonly server: Server; readonly holder: string } | null = null;
  return {
    tryAcquire: async (holder) => {
      if (held) return held.holder === holder;
      const server = createServer((socket) => socket.destroy());
      server.unref();
      const listening = await new Promise<boolean>((resolve, reject) => {
        server.once('error', (error: NodeJS.ErrnoException) =>
          error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
        );
        const where = process.platform === 'linux' ? { path: name } : { host: '127.0.0.1', port: PORT_ELSEWHERE };
        server.listen({ ...where, exclusive: true }, () => resolve(true));
      });
      if (listening) held = { server, holder };
      return listening;
    },
    release: (holder) => {
      if (held?.holder !== holder) return;
      held.server.close();
      held = null;
    },
  };
}
