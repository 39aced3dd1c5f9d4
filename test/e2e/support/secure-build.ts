import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer } from '../../../scanners/runtime/extractor/serve/answer.ts';
import { Compressor } from '../../../scanners/runtime/extractor/serve/compress.ts';
import { buildSite } from '../../../scanners/runtime/extractor/test/build.ts';
import type { TestCertificate } from './certificate.ts';
import { listenSecurely, type SecureServer } from './secure-server.ts';

/** What the host of a build adds to every answer of its own accord. */
const OF_THE_HOST = { 'strict-transport-security': 'max-age=31536000; includeSubDomains' };

/**
 * Serves a build over TLS and HTTP/2 as its host would: its own headers, redirects and 404. `make` gives the files for the host and
 * port that the site then has, so that a build can bear the address under which it is served.
 */
export async function serveBuildSecurely(
  certificate: TestCertificate,
  name: string,
  make: (authority: string) => ReadonlyMap<string, Buffer>,
): Promise<SecureServer & { readonly authority: string }> {
  const compressor = new Compressor();
  let built: ReturnType<typeof buildSite> | null = null;
  const server = await listenSecurely(certificate, (request, response) => {
    if (built === null) throw new TypeError('a request came before the site was there');
    for (const [header, value] of Object.entries(OF_THE_HOST)) response.setHeader(header, value);
    answer(built.site, compressor, request as unknown as IncomingMessage, response as unknown as ServerResponse).catch(
      () => response.destroy(),
    );
  });
  const authority = `${name}.localhost:${server.port}`;
  built = buildSite(Object.fromEntries(make(authority)));
  const { remove } = built;
  return { ...server, authority, close: () => server.close().finally(remove) };
}
