import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { connect, getCACertificates, type TLSSocket } from 'node:tls';
import type { Authority } from '../kernel/index.ts';

/** TLS over an established connection. Rejects when it does not come to be; the connection is gone then. */
export async function spokenTls(
  socket: Duplex,
  { host, literal }: Authority,
  signal: AbortSignal,
  options: {
    /** Certificate authorities, as PEM, that are trusted beside the usual ones. */
    readonly trust?: readonly string[];
    /** False takes any certificate. */
    readonly verify?: boolean;
  } = {},
): Promise<TLSSocket> {
  const { trust = [], verify = true } = options;
  const tls = connect({
    socket,
    host,
    // A server name may not be an address (RFC 6066, section 3).
    servername: literal ? '' : host,
    rejectUnauthorized: verify,
    ALPNProtocols: ['http/1.1'],
    ...(trust.length === 0 ? {} : { ca: [...getCACertificates('default'), ...trust] }),
  });
  try {
    await once(tls, 'secureConnect', { signal });
    return tls;
  } catch (error) {
    tls.destroy();
    throw error;
  }
}
