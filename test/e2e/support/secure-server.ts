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

/** Serves pages by path; any other path is 404. */
export async function serveSecurely(
  certificate: TestCertificate,
  pages: Readonly<Record<string, SecureAnswer>>,
): Promise<SecureServer> {
  const versions = new Set<string>();
  const sessions = new Set<Http2Session>();
  const server = createSecureServer(
    { key: certificate.key, cert: certificate.cert, allowHTTP1: true },
    (request: Http2ServerRequest, response: Http2ServerResponse) => {
      const page = pages[request.url.split('?')[0] ?? ''];
      if (page) versions.add(request.httpVersion);
      response.writeHead(page ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', ...page?.headers });
      response.end(page?.body ?? '');
    },
  );
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  // A browser that goes away in the middle of something is no fault of the site.
  server.on('sessionError', () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
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
