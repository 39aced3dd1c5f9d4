import net from 'node:net';
import { Duplex } from 'node:stream';

/** Environment variable that names the channel's descriptors: `3` for one that carries both ways, `3,4` for one to read and one to write. */
export const CHANNEL_FDS = 'STAGEFLOW_CHANNEL_FDS';

/**
 * The byte stream to the engine. Whoever starts the process hands the channel over on descriptors of its own and points 1 to stderr,
 * so that no stray print of a library or of a child can break into the protocol; without that, stdin and stdout are taken and
 * prints of this process are turned to stderr. The variable is removed, so that children do not learn of the descriptors.
 */
export function takeChannelStream(env: NodeJS.ProcessEnv = process.env): Duplex {
  const [read = 0, write] = (env[CHANNEL_FDS] ?? '0,1').split(',').map(Number);
  delete env[CHANNEL_FDS];
  if (write === undefined) return new net.Socket({ fd: read, readable: true, writable: true });
  if (write === 1) process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
  return Duplex.from({
    readable: new net.Socket({ fd: read, readable: true, writable: false }),
    writable: new net.Socket({ fd: write, readable: false, writable: true }),
  });
}
