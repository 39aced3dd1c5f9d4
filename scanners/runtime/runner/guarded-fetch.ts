import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import type {
  GuardedAnswer,
  GuardedFailure,
  GuardedFetch,
  GuardedRequest,
  RunnerAssignment,
} from '@stageflow/engine/sdk';
import { type Dispatcher, ProxyAgent, request } from 'undici';
import { GUARD_CODES, type Proxy, REFUSED_HEADER } from '../proxy/index.ts';
import type { Access } from './access.ts';

const CAP = 2 ** 20;
/** What RFC 8996 forbids; OpenSSL speaks it only when its security level is lowered. */
const OLD_TLS = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };

/** A guarded fetch whose caller names the cap on the body, in bytes. */
export type CappedFetch = (
  url: string,
  options: GuardedRequest,
  cap: number,
) => Promise<GuardedAnswer | GuardedFailure>;

type Failure = GuardedFailure['failure'];

/** Every cause that Node's and undici's errors carry, from the outermost in. */
function codes(thrown: unknown): string[] {
  const found: string[] = [];
  for (let at = thrown, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    found.push(`${(at as { code?: unknown }).code ?? ''} ${at.name} ${at.message}`);
  }
  return found;
}

/** Sorts an error of the HTTP client into the few ways that a guarded fetch can fail. */
export function classify(thrown: unknown): Failure {
  const text = codes(thrown).join('\n');
  if (/TimeoutError|UND_ERR_(?:HEADERS|BODY|CONNECT)_TIMEOUT|ETIMEDOUT|AbortError/.test(text)) return 'timeout';
  if (/ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|UNABLE_TO_VERIFY|EPROTO|ALTNAME/.test(text)) return 'tls';
  if (/ECONNRESET|UND_ERR_SOCKET|EPIPE|other side closed/.test(text)) return 'reset';
  if (/HPE_|HTTPParserError|UND_ERR_RES/.test(text)) return 'protocol';
  return 'connect';
}

function refusalOf(url: string, code: string, reason: string): GuardedFailure {
  const failure: Failure = GUARD_CODES.has(code) ? 'denied' : code === 'host_unresolvable' ? 'dns' : 'connect';
  return { url, failure, reason };
}

/** A compressed body as it was meant, at most `cap` bytes; empty when it does not inflate within the cap. */
function inflate(bytes: Buffer, encoding: string | undefined, cap: number): Buffer {
  const limit = { maxOutputLength: cap };
  try {
    if (encoding === 'gzip' || encoding === 'x-gzip') return gunzipSync(bytes, limit);
    if (encoding === 'br') return brotliDecompressSync(bytes, limit);
    if (encoding === 'deflate') return inflateSync(bytes, limit);
    if (encoding === 'zstd') return zstdDecompressSync(bytes, limit);
  } catch {
    return Buffer.alloc(0);
  }
  return bytes;
}

function pairs(raw: Dispatcher.ResponseData['headers']): [string, string][] {
  return Object.entries(raw).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map((one): [string, string] => [name.toLowerCase(), String(one)]),
  );
}

/** A guarded fetch over the job's own proxy: the engine's guard decides, redirects are never followed, bodies end at 1 MiB. */
export function createGuardedFetch(
  proxy: Proxy,
  access: Access,
  assignment: Pick<
    RunnerAssignment,
    'testTrust' | 'userAgent' | 'locale' | 'source' | 'siteOrigin' | 'productionOrigin'
  >,
  agentName: string,
): { readonly fetch: GuardedFetch; readonly capped: CappedFetch; close(): Promise<void> } {
  // Of a ZIP job all TLS ends in the proxy, and the engine checks the hosts' own certificates.
  const ca = assignment.source === 'zip' ? proxy.authority.pem : (assignment.testTrust?.pem ?? null);
  const agentWith = (tls: object) =>
    new ProxyAgent({
      uri: `http://127.0.0.1:${proxy.port}`,
      connectTimeout: 15_000,
      requestTls: { ...(ca === null ? {} : { ca: [ca] }), ...tls },
    });
  const agent = agentWith({});
  let oldAgent: ProxyAgent | null = null;
  const { siteOrigin, productionOrigin } = assignment;
  const served = (url: string) =>
    siteOrigin && productionOrigin && url.startsWith(`${productionOrigin}/`)
      ? siteOrigin + url.slice(productionOrigin.length)
      : url;

  const fetch: CappedFetch = async (url, options, cap) => {
    const target = served(url);
    try {
      const signal = AbortSignal.timeout(options.timeout ?? 15_000);
      const answer = await request(target, {
        method: options.method ?? 'GET',
        dispatcher: options.oldTls === true ? (oldAgent ??= agentWith(OLD_TLS)) : agent,
        signal,
        headers: {
          'user-agent': agentName,
          'accept-language': assignment.locale,
          'accept-encoding': 'gzip, br',
          accept: '*/*',
          ...options.headers,
          ...access.headersFor(target),
        },
      });
      const refused = answer.headers[REFUSED_HEADER];
      if (typeof refused === 'string') {
        // The answer to a HEAD has no body to say it in.
        const said = (await answer.body.text()).trim();
        return refusalOf(url, refused, said || (proxy.refusals.of(target)?.reason ?? ''));
      }
      const { bytes, cut } = await readCapped(answer.body, cap);
      const encoding = answer.headers['content-encoding'];
      const body = cut
        ? bytes
        : inflate(bytes, typeof encoding === 'string' ? encoding.trim().toLowerCase() : undefined, cap);
      return { url, status: answer.statusCode, headers: pairs(answer.headers), body, cut } satisfies GuardedAnswer;
    } catch (thrown) {
      const refusal = proxy.refusals.of(target);
      if (refusal) return refusalOf(url, refusal.code, refusal.reason);
      return { url, failure: classify(thrown), reason: (codes(thrown).at(-1) ?? String(thrown)).trim().slice(0, 300) };
    }
  };
  return {
    fetch: (url, options = {}) => fetch(url, options, CAP),
    capped: fetch,
    close: async () => {
      await Promise.all([agent.destroy(), oldAgent?.destroy()]);
    },
  };
}

async function readCapped(
  body: Dispatcher.ResponseData['body'],
  cap: number,
): Promise<{ bytes: Buffer; cut: boolean }> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    parts.push(chunk.subarray(0, cap - size));
    size += chunk.length;
    if (size > cap) {
      body.destroy();
      return { bytes: Buffer.concat(parts), cut: true };
    }
  }
  return { bytes: Buffer.concat(parts), cut: false };
}
