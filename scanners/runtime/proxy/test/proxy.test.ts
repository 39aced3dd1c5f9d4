import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Proxy, REFUSED_HEADER, startProxy } from '../index.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function site(answer: (server: Server) => void): Promise<number> {
  const server = createServer();
  answer(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => (server.closeAllConnections(), server.close()) });
  return (server.address() as AddressInfo).port;
}

/** A proxy whose tunnels lead to `ports` by authority; everything else is refused. */
async function proxyTo(
  ports: Readonly<Record<string, number>>,
  local: { origin: string; port: number } | null = null,
): Promise<Proxy & { asked: string[] }> {
  const asked: string[] = [];
  const proxy = await startProxy({
    site: local,
    tunnel: async (authority) => {
      asked.push(authority);
      const port = ports[authority];
      return port === undefined
        ? { ok: false, status: 403, code: 'egress_denied', reason: 'not open' }
        : { ok: true, socket: connect(port, '127.0.0.1') };
    },
  });
  open.push(proxy);
  return Object.assign(proxy, { asked });
}

function get(
  proxy: Proxy,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: proxy.port, path, headers }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    asked.on('error', reject).end();
  });
}

/** Opens a tunnel by hand and gives everything that came back after `send`. */
function raw(proxy: Proxy, head: string, send = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(proxy.port, '127.0.0.1', () => socket.write(head));
    let text = '';
    let sent = false;
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (!sent && send !== '' && text.includes('\r\n\r\n')) {
        sent = true;
        socket.write(send);
      }
    });
    socket
      .on('end', () => socket.end())
      .on('close', () => resolve(text))
      .on('error', reject);
  });
}

describe('the in-pod proxy', () => {
  it('turns an absolute-form request into a tunnel and sends it in origin form with the address’s own host', async () => {
    const port = await site((s) =>
      s.on('request', (q, a) => a.end(`${q.url} ${q.headers.host} ${q.headers['proxy-connection'] ?? 'clean'}`)),
    );
    const proxy = await proxyTo({ 'shop.test:80': port });
    const answer = await get(proxy, 'http://shop.test/a?b=1', { host: 'other.test', 'proxy-connection': 'keep-alive' });
    expect(answer.body).toBe('/a?b=1 shop.test clean');
    expect(proxy.asked).toEqual(['shop.test:80']);
  });

  it('joins a CONNECT with the tunnel in both directions', async () => {
    const port = await site((s) => s.on('request', (_q, a) => a.end('through')));
    const proxy = await proxyTo({ 'shop.test:443': port });
    const text = await raw(
      proxy,
      'CONNECT shop.test:443 HTTP/1.1\r\nhost: shop.test:443\r\n\r\n',
      'GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 [\s\S]*through$/);
  });

  it('refuses with the reason and remembers it per authority', async () => {
    const proxy = await proxyTo({});
    const answer = await get(proxy, 'http://10.0.0.1/');
    expect(answer).toMatchObject({ status: 403, body: 'not open\n', headers: { [REFUSED_HEADER]: 'egress_denied' } });
    expect(await raw(proxy, 'CONNECT cdn.test:443 HTTP/1.1\r\nhost: cdn.test\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 403 [\s\S]*x-reason: not open/,
    );
    expect(proxy.refusals.of('https://cdn.test/deep/file.js')).toEqual({ code: 'egress_denied', reason: 'not open' });
    expect(proxy.refusals.of('http://cdn.test/')).toBeNull();
  });

  it('refuses the browser’s own chatter without asking the engine or blaming the site', async () => {
    const proxy = await proxyTo({});
    await raw(proxy, 'CONNECT update.googleapis.com:443 HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(proxy.asked).toEqual([]);
    expect(proxy.refusals.of('https://update.googleapis.com/')).toBeNull();
  });

  it('leads the site’s origin to the extractor, learns the file and keeps its header from the page', async () => {
    const port = await site((s) =>
      s.on('request', (_q, a) => a.setHeader('x-stageflow-file', encodeURIComponent('a b/index.html')).end('ok')),
    );
    const proxy = await proxyTo({}, { origin: 'http://site.localhost', port });
    const answer = await get(proxy, 'http://site.localhost/a%20b/');
    expect(answer.headers).not.toHaveProperty('x-stageflow-file');
    expect(proxy.files.of('http://site.localhost/a%20b/#part')).toBe('a b/index.html');
    expect(proxy.asked).toEqual([]);
  });

  it('does not let a foreign host claim files of the archive or a refusal of ours', async () => {
    const port = await site((s) =>
      s.on('request', (_q, a) =>
        a.setHeader('x-stageflow-file', 'x.html').setHeader(REFUSED_HEADER, 'egress_denied').end('ok'),
      ),
    );
    const proxy = await proxyTo({ 'evil.test:80': port }, { origin: 'http://site.localhost', port: 1 });
    const answer = await get(proxy, 'http://evil.test/');
    expect(answer.headers).not.toHaveProperty(REFUSED_HEADER);
    expect(proxy.files.of('http://evil.test/')).toBeNull();
  });

  it.each(['/relative', 'https://shop.test/', 'ftp://shop.test/'])('E8 refuses the request target %s', async (path) => {
    expect((await get(await proxyTo({}), path)).status).toBe(400);
  });

  it('carries a WebSocket upgrade through a tunnel to the site’s origin', async () => {
    const port = await site((s) =>
      s.on('upgrade', (_q, socket) =>
        socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\nhello'),
      ),
    );
    const proxy = await proxyTo({}, { origin: 'http://site.localhost', port });
    const text = await raw(
      proxy,
      'CONNECT site.localhost:80 HTTP/1.1\r\nhost: x\r\n\r\n',
      'GET /ws HTTP/1.1\r\nhost: site.localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
    );
    expect(text).toMatch(/101 Switching[\s\S]*hello$/);
  });

  it('answers 502 when the other side breaks off before its answer', async () => {
    const port = await site((s) => s.on('request', (q) => q.socket.destroy()));
    const proxy = await proxyTo({ 'shop.test:80': port });
    expect((await get(proxy, 'http://shop.test/')).status).toBe(502);
  });
});

describe('a local site that nobody serves any more', () => {
  const LOCAL = 'http://site.localhost';

  it("is told, and gives no answer that could be taken for the site's", async () => {
    const port = await site((server) => server.on('request', (_, to) => to.end('served')));
    const proxy = await proxyTo({}, { origin: LOCAL, port });
    expect((await get(proxy, `${LOCAL}/`)).body).toBe('served');
    expect(proxy.siteGone.aborted).toBe(false);
    await open.shift()?.close();
    let answered = false;
    const asked = get(proxy, `${LOCAL}/next`).then(
      () => (answered = true),
      () => undefined,
    );
    if (!proxy.siteGone.aborted) await once(proxy.siteGone, 'abort');
    expect(answered).toBe(false);
    await proxy.close();
    await asked;
    expect(answered).toBe(false);
  });

  it('is not meant by one broken connection to a site that stands', async () => {
    const port = await site((server) =>
      server.on('request', (from, to) => (from.url === '/cut' ? from.socket.destroy() : to.end('served'))),
    );
    const proxy = await proxyTo({}, { origin: LOCAL, port });
    expect((await get(proxy, `${LOCAL}/cut`)).status).toBe(502);
    expect(proxy.siteGone.aborted).toBe(false);
    expect((await get(proxy, `${LOCAL}/`)).body).toBe('served');
  });
});
