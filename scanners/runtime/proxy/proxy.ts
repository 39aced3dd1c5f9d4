import { createServer, type IncomingMessage, type RequestOptions, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import type { TunnelAnswer } from '../channel/index.ts';
import { isBrowserChatter } from './chatter.ts';
import { authorityOf, createRefusals, type Refusal, type Refusals } from './refusals.ts';
import { createSiteFiles, FILE_HEADER, type SiteFiles } from './site-files.ts';
import { type OpenTunnel, TunnelAgent, TunnelRefused } from './upstream.ts';

/** Where a ZIP job's build is served, and the origin under which the browser knows it. */
export interface LocalSite {
  readonly origin: string;
  readonly port: number;
}

export interface Proxy {
  /** Port on 127.0.0.1. */
  readonly port: number;
  readonly refusals: Refusals;
  readonly files: SiteFiles;
  /** Aborts when nobody serves the local site any more: what pages do from then on says nothing about the site. */
  readonly siteGone: AbortSignal;
  /** Why no connection to an address would come to be, or null. It is tried, and let go at once. */
  refusalTo(url: string): Promise<Refusal | null>;
  /** Names the local site after the start: a runner that is warmed up does not know its job yet. */
  serve(site: LocalSite | null): void;
  close(): Promise<void>;
}

/** The header that marks an answer as the proxy's own refusal and carries its code. */
export const REFUSED_HEADER = 'x-stageflow-refused';

// Hop-by-hop names (RFC 9110, section 7.6.1) end at the proxy.
const HOP = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function endToEnd(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    const lower = name.toLowerCase();
    if (!HOP.has(lower) && lower !== FILE_HEADER && lower !== REFUSED_HEADER) kept.push(name, raw[i + 1] as string);
  }
  return kept;
}

const CHATTER: Refusal = { code: 'browser_chatter', reason: 'the browser itself asked, not the page' };

/** Starts the forward proxy of one job on 127.0.0.1 and a port that the system chooses. */
export async function startProxy(input: {
  readonly tunnel: (authority: string) => Promise<TunnelAnswer>;
  readonly site: LocalSite | null;
}): Promise<Proxy> {
  const refusals = createRefusals();
  const files = createSiteFiles();
  const siteGone = new AbortController();
  let site: LocalSite | null = null;
  let siteUrl: URL | null = null;
  let siteAuthority: string | null = null;
  const serve = (local: LocalSite | null) => {
    site = local;
    siteUrl = local === null ? null : new URL(local.origin);
    siteAuthority = siteUrl === null ? null : `${siteUrl.hostname}:${siteUrl.port || '80'}`;
  };
  serve(input.site);
  const streams = new Set<Duplex>();
  const track = (stream: Duplex) => {
    streams.add(stream);
    stream.once('close', () => streams.delete(stream));
    return stream;
  };

  const open: OpenTunnel = async (authority) => {
    if (site && authority === siteAuthority) return { ok: true, stream: track(connect(site.port, '127.0.0.1')) };
    if (isBrowserChatter(authority.replace(/:\d+$/, ''))) return { ok: false, status: 403, refusal: CHATTER };
    const answer = await input.tunnel(authority);
    if (answer.ok) {
      refusals.clear(authority);
      return { ok: true, stream: track(answer.socket) };
    }
    const refusal = { code: answer.code, reason: answer.reason };
    refusals.note(authority, refusal);
    return { ok: false, status: answer.status, refusal };
  };
  const agent = new TunnelAgent(open);

  const server = createServer({ maxHeaderSize: 64 * 1024, requestTimeout: 0, keepAliveTimeout: 30_000 }, (from, to) => {
    forward(from, to);
  });

  function refuse(to: ServerResponse, status: number, refusal: Refusal): void {
    if (to.headersSent) {
      to.destroy();
      return;
    }
    to.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      [REFUSED_HEADER]: refusal.code,
      connection: 'close',
    });
    to.end(`${refusal.reason}\n`);
  }

  /** What to make of a broken connection to the site: `stands` while somebody serves it, the end otherwise. */
  const lookAtSite = async ({ port }: LocalSite, stands: () => void): Promise<void> => {
    if (await served(port)) stands();
    else siteGone.abort();
  };

  function forward(from: IncomingMessage, to: ServerResponse): void {
    let url: URL;
    try {
      url = new URL(from.url ?? '');
      if (url.protocol !== 'http:') throw new TypeError('only http: is spoken in absolute form');
    } catch {
      refuse(to, 400, { code: 'bad_url', reason: 'a proxy request needs an absolute http: address' });
      return;
    }
    const options: RequestOptions = {
      agent,
      host: url.hostname,
      port: url.port || '80',
      method: from.method ?? 'GET',
      path: url.pathname + url.search,
      setHost: false,
      headers: ['Host', url.host, ...withoutHost(endToEnd(from.rawHeaders))] as unknown as Record<string, string>,
    };
    const local = site !== null && siteUrl !== null && url.origin === siteUrl.origin ? site : null;
    const whole = bodiless(from);
    const send = (): void => {
      const up = request(options, (answer) => {
        if (local) files.note(url.href, single(answer.headers[FILE_HEADER]));
        to.writeHead(
          answer.statusCode ?? 502,
          answer.statusMessage,
          endToEnd(answer.rawHeaders) as unknown as Record<string, string>,
        );
        pipeline(answer, to, (error) => {
          answer.destroy();
          if (error && local) void lookAtSite(local, () => {});
        });
      });
      const giveUp = () => {
        if (!to.writableFinished) up.destroy();
      };
      up.on('error', (error) => {
        const failed = () =>
          refuse(to, 502, { code: 'host_unreachable', reason: `the connection failed: ${error.message}` });
        if (error instanceof TunnelRefused) refuse(to, error.status, error.refusal);
        // The other side may close a kept connection at the very moment of the next request (RFC 9112, section 9.3.1).
        else if (whole && up.reusedSocket && !to.headersSent && !to.destroyed) {
          to.off('close', giveUp);
          send();
        } else if (local === null) failed();
        // An answer of ours would be taken for the site's; with nobody serving it there is none.
        else void lookAtSite(local, failed);
      });
      to.once('close', giveUp);
      if (whole) up.end();
      else pipeline(from, up, () => {});
    };
    send();
  }

  server.on('connect', (from: IncomingMessage, client: Socket, head: Buffer) => {
    client.on('error', () => client.destroy());
    open(from.url ?? '').then(
      (answer) => {
        if (!answer.ok) {
          const reason = answer.refusal.reason.replace(/[^\x20-\x7e]/g, ' ').slice(0, 200);
          client.end(
            `HTTP/1.1 403 Forbidden\r\n${REFUSED_HEADER}: ${answer.refusal.code}\r\ncontent-length: 0\r\nx-reason: ${reason}\r\nconnection: close\r\n\r\n`,
          );
          return;
        }
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        if (head.length > 0) answer.stream.write(head);
        pipeline(client, answer.stream, () => {});
        pipeline(answer.stream, client, () => {});
      },
      () => client.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'),
    );
  });
  server.on('connection', track);
  server.on('clientError', (_error, socket) => socket.destroy());

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    refusals,
    files,
    siteGone: siteGone.signal,
    refusalTo: async (url) => {
      const authority = authorityOf(url);
      if (authority === null) return { code: 'bad_url', reason: 'it is not an address of the web' };
      const answer = await open(authority);
      if (!answer.ok) return answer.refusal;
      answer.stream.destroy();
      return null;
    },
    serve,
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        for (const stream of streams) stream.destroy();
      }),
  };
}

/** Whether somebody listens on a port of this pod's loopback. */
function served(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1');
    probe.once('connect', () => {
      resolve(true);
      probe.destroy();
    });
    probe.once('error', () => resolve(false));
  });
}

/** A request that may be sent again as it stands: it changes nothing, and no body of it has been read. */
function bodiless({ method, headers }: IncomingMessage): boolean {
  const bare = headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
  return bare && (method === 'GET' || method === 'HEAD');
}

function withoutHost(raw: readonly string[]): string[] {
  return raw.filter((_, i) => (raw[i - (i % 2)] as string).toLowerCase() !== 'host');
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
