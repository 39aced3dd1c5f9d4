import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { connect, getCACertificates } from 'node:tls';
import type { Authority } from '../kernel/index.ts';

/** TLS over an established connection, the certificate checked for the host. Rejects when it does not come to be; the caller then destroys the connection. */
export async function spokenTls(
  socket: Duplex,
  { host, literal }: Authority,
  trust: readonly string[],
  signal: AbortSignal,
): Promise<Duplex> {
  const tls = connect({
    socket,
    host,
    // A server name may not be an address (RFC 6066, section 3).
    servername: literal ? '' : host,
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
