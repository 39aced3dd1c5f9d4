import { createSocket } from 'node:dgram';
import { type AddressInfo, createServer } from 'node:net';

/** Something that listens on loopback and must never be reached. */
export interface Canary {
  /** The same number for TCP and UDP. */
  readonly port: number;
  /** What reached it: `tcp` or `udp`, in order. */
  readonly reached: readonly string[];
  close(): Promise<void>;
}

/** Listens on a TCP port of every address and on the same UDP port of 127.0.0.1. */
export async function startCanary(): Promise<Canary> {
  const reached: string[] = [];
  const server = createServer((socket) => {
    reached.push('tcp');
    socket.on('error', () => {});
    socket.destroy();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '0.0.0.0', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const udp = createSocket('udp4').on('message', () => reached.push('udp'));
  await new Promise<void>((resolve) => {
    udp.bind(port, '127.0.0.1', resolve);
  });
  return {
    port,
    reached,
    close: () =>
      new Promise((resolve) => {
        udp.close(() => server.close(() => resolve()));
      }),
  };
}
