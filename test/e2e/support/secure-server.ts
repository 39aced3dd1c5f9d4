import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse, type Http2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TestCertificate } from './certificate.ts';

/** What a secure site answers for a path. */
export interface SecureAnswer {
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
}

/** A site over TLS on loopback that speaks HTTP/2 and HTTP/1.1. */
export interface SecureServer {
  readonly port: number;
  /** HTTP versions in which pages were asked for. */
  readonly versions: ReadonlySet<string>;
  close(): Promise<void>;
}

/** Answers one request. */
export type SecureHandler = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/** How a secure server listens. */
export interface Listening {
  /** Left out: the system chooses. */
  readonly port?: number;
  /** True: also takes TLS 1.1, which OpenSSL speaks only when its security level is lowered. */
  readonly oldTls?: boolean;
}

/** Serves what `handle` answers. Rejects when the port cannot be had. */
export async function listenSecurely(
  certificate: TestCertificate,
  handle: SecureHandler,
  { port = 0, oldTls = false }: Listening = {},
): Promise<SecureServer> {
  const versions = new Set<string>();
  const sessions = new Set<Http2Session>();
  const server = createSecureServer(
    {
      ...{ key: certificate.key, cert: certificate.cert, allowHTTP1: true },
      ...(oldTls ? { minVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
    },
    (request, response) => {
      versions.add(request.httpVersion);
      handle(request, response);
    },
  );
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  // A browser that goes away in the middle of something is no fault of the site.
  server.on('sessionError', () => {});
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    versions,
    close: () =>
      new Promise((resolve) => {
        for (const session of sessions) session.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Serves pages by path; any other path is 404. */
export function serveSecurely(
  certificate: TestCertificate,
  pages: Readonly<Record<string, SecureAnswer>>,
  listening: Listening = {},
): Promise<SecureServer> {
  return listenSecurely(
    certificate,
    (request, response) => {
      const page = pages[request.url.split('?')[0] ?? ''];
      response.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', ...page?.headers });
      response.end(page?.body ?? '');
    },
    listening,
  );
}
