import { request } from 'node:http';
import type { CDPSession } from 'puppeteer-core';
import type { WorkerOrder } from './worker-protocol.ts';

const PROXY = /^--proxy-server=http:\/\/127\.0\.0\.1:(\d+)$/;

/** The same rules as in the page lane: login headers to the own origin only, production addresses from the build, other hosts read-only. */
export async function keepRequestRules(cdp: CDPSession, order: WorkerOrder): Promise<void> {
  const { ownOrigin, productionOrigin, headers, readOnly } = order;
  const login = Object.entries(headers);
  const patterns = [
    ...(login.length > 0 ? [{ urlPattern: `${ownOrigin}/*` }] : []),
    ...(productionOrigin === null ? [] : [{ urlPattern: `${productionOrigin}/*` }]),
    // Only these kinds can be anything but a GET.
    ...(readOnly
      ? (['XHR', 'Fetch', 'Ping', 'Other'] as const).map((resourceType) => ({ urlPattern: '*', resourceType }))
      : []),
  ];
  if (patterns.length === 0) return;
  const proxyPort = Number(order.args.map((arg) => PROXY.exec(arg)?.[1]).find((port) => port !== undefined));
  cdp.on('Fetch.requestPaused', (event) => {
    const { requestId } = event;
    const { url, method } = event.request;
    const origin = URL.canParse(url) ? new URL(url).origin : '';
    const decide = async () => {
      if (productionOrigin !== null && origin === productionOrigin) {
        const answer = await throughProxy(proxyPort, ownOrigin + url.slice(productionOrigin.length));
        return cdp.send('Fetch.fulfillRequest', { requestId, ...answer });
      }
      if (readOnly && origin !== ownOrigin && method !== 'GET' && method !== 'HEAD')
        return cdp.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
      if (origin !== ownOrigin || login.length === 0) return cdp.send('Fetch.continueRequest', { requestId });
      const replaced = new Set(login.map(([name]) => name.toLowerCase()));
      const kept = Object.entries(event.request.headers).filter(([name]) => !replaced.has(name.toLowerCase()));
      return cdp.send('Fetch.continueRequest', {
        requestId,
        headers: [...kept, ...login].map(([name, value]) => ({ name, value: String(value) })),
      });
    };
    decide().catch(() => cdp.send('Fetch.failRequest', { requestId, errorReason: 'Failed' }).catch(() => {}));
  });
  await cdp.send('Fetch.enable', { patterns });
}

const BODY_CAP = 32 * 2 ** 20;

/** Reads an address of the served build through the job's proxy. */
function throughProxy(
  port: number,
  url: string,
): Promise<{ responseCode: number; responseHeaders: { name: string; value: string }[]; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path: url,
        headers: { host: new URL(url).host, 'accept-encoding': 'identity' },
        timeout: 15_000,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        let size = 0;
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > BODY_CAP) asked.destroy(new Error('the answer is too large'));
          else chunks.push(chunk);
        });
        answer.on('error', reject);
        answer.on('end', () => {
          const type = answer.headers['content-type'];
          resolve({
            responseCode: answer.statusCode ?? 502,
            responseHeaders: [
              ...(type === undefined ? [] : [{ name: 'content-type', value: type }]),
              { name: 'access-control-allow-origin', value: '*' },
            ],
            body: Buffer.concat(chunks).toString('base64'),
          });
        });
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', reject);
    asked.end();
  });
}
