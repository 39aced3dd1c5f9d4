import { createServer, type IncomingMessage, type RequestOptions, request, ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream';
import type { TunnelAnswer } from '../channel/index.ts';
import { createOwnAuthority, type OwnAuthority } from './certificate.ts';
import { isBrowserChatter } from './chatter.ts';
import { createEndedTls } from './ended-tls.ts';
import {
  bodiless,
  type ClientRequest,
  type ClientResponse,
  endToEnd,
  REFUSED_HEADER,
  requestFields,
  writeHead,
} from './fields.ts';
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
  /** What clients of a ZIP job must trust: their TLS to other hosts than the site ends in the proxy. */
  readonly authority: OwnAuthority;
  /** Aborts when nobody serves the local site any more: what pages do from then on says nothing about the site. */
  readonly siteGone: AbortSignal;
  /** Why no connection to an address would come to be, or null. It is tried, and let go at once. */
  refusalTo(url: string): Promise<Refusal | null>;
  /**
   * Names the local site after the start: a runner that is warmed up does not know its job yet. With a site all other hosts are only
   * read from, whoever asks: the page, its workers, a beacon that outlives it, or the browser on its behalf.
   */
  serve(site: LocalSite | null): void;
  close(): Promise<void>;
}

const CHATTER: Refusal = { code: 'browser_chatter', reason: 'the browser itself asked, not the page' };

/** Starts the forward proxy of one job on 127.0.0.1 and a port that the system chooses. */
export async function startProxy(input: {
  readonly tunnel: (authority: string, tls: boolean) => Promise<TunnelAnswer>;
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

  const open = async (authority: string, tls: boolean): ReturnType<OpenTunnel> => {
    if (site && authority === siteAuthority) return { ok: true, stream: track(connect(site.port, '127.0.0.1')) };
    if (isBrowserChatter(authority.replace(/:\d+$/, ''))) return { ok: false, status: 403, refusal: CHATTER };
    const answer = await input.tunnel(authority, tls);
    if (answer.ok) {
      refusals.clear(authority);
      return { ok: true, stream: track(answer.socket) };
    }
    const refusal = { code: answer.code, reason: answer.reason };
    refusals.note(authority, refusal);
    return { ok: false, status: answer.status, refusal };
  };
  /** Whether clients' TLS to a host ends here, for the engine to speak it. */
  const endsTls = (authority: string) => siteAuthority !== null && authority !== siteAuthority;
  // Opened when a client connected, for its first request.
  const spare = new Map<string, Duplex>();
  const spareTo = (authority: string): Duplex | null => {
    const stream = spare.get(authority);
    spare.delete(authority);
    return stream === undefined || stream.destroyed ? null : stream;
  };
  const agent = new TunnelAgent((authority) => open(authority, false));
  const secureAgent = new TunnelAgent(async (authority) => {
    const stream = spareTo(authority);
    return stream === null ? open(authority, true) : { ok: true, stream };
  });

  const server = createServer({ maxHeaderSize: 64 * 1024, requestTimeout: 0, keepAliveTimeout: 30_000 }, (from, to) => {
    forward(from, to, null);
  });
  const ownAuthority = createOwnAuthority();
  const endedTls = createEndedTls(ownAuthority, (from, to, origin) => forward(from, to, origin));

  function refuse(to: ClientResponse, status: number, refusal: Refusal): void {
    if (to.headersSent) {
      to.destroy();
      return;
    }
    const ends = to instanceof ServerResponse ? ['connection', 'close'] : [];
    writeHead(to, status, undefined, [
      ...['content-type', 'text/plain; charset=utf-8', REFUSED_HEADER, refusal.code],
      ...ends,
    ]);
    to.end(`${refusal.reason}\n`);
  }

  /** What to make of a broken connection to the site: `stands` while somebody serves it, the end otherwise. */
  const lookAtSite = async ({ port }: LocalSite, stands: () => void): Promise<void> => {
    if (await served(port)) stands();
    else siteGone.abort();
  };

  /** Passes a request on: one in absolute form, or one of a connection whose TLS ended here, which is for one origin. */
  function forward(from: ClientRequest, to: ClientResponse, origin: string | null): void {
    const text = origin === null ? (from.url ?? '') : origin + (from.url ?? '');
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || (origin === null ? url.protocol !== 'http:' : url.origin !== origin)) {
      refuse(to, 400, { code: 'bad_url', reason: 'a proxy request needs an absolute http: address' });
      return;
    }
    const local = site !== null && siteUrl !== null && url.origin === siteUrl.origin ? site : null;
    const whole = bodiless(from);
    if (siteUrl !== null && local === null && (!whole || from.headers.upgrade !== undefined)) {
      refuse(to, 403, { code: 'egress_denied', reason: 'hosts opened for assets are only read' });
      return;
    }
    const options: RequestOptions = {
      agent: origin === null ? agent : secureAgent,
      host: url.hostname,
      port: url.port || (origin === null ? '80' : '443'),
      method: from.method ?? 'GET',
      path: url.pathname + url.search,
      setHost: false,
      headers: ['Host', url.host, ...requestFields(from)] as unknown as Record<string, string>,
    };
    const send = (): void => {
      const up = request(options, (answer) => {
        if (local) files.note(url.href, single(answer.headers[FILE_HEADER]));
        try {
          writeHead(to, answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders));
        } catch {
          // What a host sends costs that one request, whatever it is.
          answer.destroy();
          refuse(to, 502, { code: 'host_unreachable', reason: 'the head of the answer cannot be passed on' });
          return;
        }
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
    const authority = from.url ?? '';
    const ends = endsTls(authority);
    open(authority, ends).then(
      (answer) => {
        if (!answer.ok) {
          const reason = answer.refusal.reason.replace(/[^\x20-\x7e]/g, ' ').slice(0, 200);
          client.end(
            `HTTP/1.1 403 Forbidden\r\n${REFUSED_HEADER}: ${answer.refusal.code}\r\ncontent-length: 0\r\nx-reason: ${reason}\r\nconnection: close\r\n\r\n`,
          );
          return;
        }
        // Who left while the way was being opened has no use for it, and nobody else would give it back.
        if (client.destroyed) {
          answer.stream.destroy();
          return;
        }
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        if (ends) {
          if (head.length > 0) client.unshift(head);
          spareTo(authority)?.destroy();
          spare.set(authority, answer.stream);
          client.once('close', () => {
            if (spare.get(authority) === answer.stream) spareTo(authority)?.destroy();
          });
          endedTls.accept(client, authority);
          return;
        }
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
    authority: ownAuthority,
    siteGone: siteGone.signal,
    refusalTo: async (url) => {
      const authority = authorityOf(url);
      if (authority === null) return { code: 'bad_url', reason: 'it is not an address of the web' };
      const answer = await open(authority, endsTls(authority) && url.startsWith('https:'));
      if (!answer.ok) return answer.refusal;
      answer.stream.destroy();
      return null;
    },
    serve,
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        secureAgent.destroy();
        endedTls.close();
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

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
