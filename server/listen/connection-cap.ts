import type { Socket } from 'node:net';

/** What one address may hold: an IPv6 customer has a whole /64. */
function holder(address: string): string {
  return address.includes('.') || !address.includes(':') ? address : address.split(':').slice(0, 4).join(':');
}

/** Counts open connections per address; `admit` is false for one too many, which is then to be closed. */
export function createConnectionCap(most: number): { admit(socket: Socket): boolean } {
  const open = new Map<string, number>();
  return {
    admit(socket) {
      const key = holder(socket.remoteAddress ?? '');
      const held = open.get(key) ?? 0;
      if (held >= most) return false;
      open.set(key, held + 1);
      socket.once('close', () => {
        const left = (open.get(key) ?? 1) - 1;
        if (left === 0) open.delete(key);
        else open.set(key, left);
      });
      return true;
    },
  };
}
