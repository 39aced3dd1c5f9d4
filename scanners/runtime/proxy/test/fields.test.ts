import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { writeHead } from '../fields.ts';

/** What a client over HTTP/2 is given of a head that a host sent over HTTP/1.1; `threw` where it cannot be passed on. */
async function passedOn(status: number, raw: string[]) {
  let threw = false;
  const server = http2.createServer((_request, response) => {
    try {
      writeHead(response, status, undefined, raw);
    } catch {
      threw = true;
    }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  const [head] = (await once(client.request({ ':path': '/' }), 'response')) as [http2.IncomingHttpHeaders];
  return { head, threw };
}

it('passes on over HTTP/2 what HTTP/1.1 allows twice: as one list, cookies apart', async () => {
  const { head, threw } = await passedOn(200, [
    ...['X-Content-Type-Options', 'nosniff', 'x-content-type-options', 'nosniff'],
    ...['Content-Type', 'text/css', 'content-type', 'text/css'],
    ...['Vary', 'accept', 'Vary', 'origin', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
  ]);
  expect(threw).toBe(false);
  expect(head).toMatchObject({
    'x-content-type-options': 'nosniff, nosniff',
    'content-type': 'text/css, text/css',
    vary: 'accept, origin',
    'set-cookie': ['a=1', 'b=2'],
  });
});

it('says so where a head cannot be passed on, so that it costs one request', async () => {
  expect((await passedOn(999, ['content-type', 'text/css'])).threw).toBe(true);
});
