import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress, guardedFetch, probe } from '../../../engine/egress/index.ts';
import type { Egress } from '../../../engine/egress/index.ts';
import { listening, worldOf } from './world.ts';
import type { World } from './world.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function site(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ egress: Egress; world: World }> {
  const server = await listening(createServer(answer));
  open.push(server);
  const world = worldOf({
    names: {
      'site.example': ['93.184.216.34'],
      'other.example': ['93.184.216.35'],
      'inside.example': ['10.0.0.1'],
      'closed.example': ['93.184.216.36'],
    },
    servers: { '93.184.216.34:80': server, '93.184.216.35:80': server },
  });
  return { egress: createEgress({ kind: 'web', allowHosts: [], allowAssets: [] }, world.ports), world };
}

const STATUSES = [301, 302, 303, 307, 308];
const TARGETS = [
  'http://127.0.0.1/',
  'http://127.1/',
  'http://[::1]/',
  'http://169.254.169.254/latest/meta-data',
  'http://localhost/',
  'http://inside.example/',
  'http://site.example:6379/',
  'http://user:secret@site.example/',
  'file:///etc/passwd',
  'ftp://site.example/',
  'gopher://site.example/_x',
  'data:text/html,x',
  'javascript:alert(1)',
  'http://',
];

describe('E7 redirects of what the engine itself fetches', () => {
  it.each(STATUSES.flatMap((status) => TARGETS.map((target) => [status, target] as const)))(
    'E7 stops a %d to %s',
    async (status, target) => {
      const { egress, world } = await site((_request, response) =>
        response.writeHead(status, { location: target }).end(),
      );
      await expect(guardedFetch(egress, 'http://site.example/')).rejects.toMatchObject({ code: 'egress_denied' });
      expect(world.dialled).toEqual(['93.184.216.34:80']);
    },
  );

  it('E7 follows a good chain and gives the last answer', async () => {
    const { egress } = await site((request, response) => {
      const step = Number(request.url?.slice(1));
      if (step < 4) response.writeHead(302, { location: `/${step + 1}` }).end();
      else response.end(`the end of ${request.url}`);
    });
    const answer = await guardedFetch(egress, 'http://site.example/1');
    expect(answer).toMatchObject({ status: 200, url: 'http://site.example/4' });
    expect(Buffer.from(answer.body).toString()).toBe('the end of /4');
  });

  it('E7 stops a chain of 20 hops', async () => {
    const { egress, world } = await site((request, response) =>
      response.writeHead(302, { location: `${request.url}x` }).end(),
    );
    await expect(guardedFetch(egress, 'http://site.example/')).rejects.toThrow(/too many redirects/);
    expect(world.dialled).toHaveLength(6);
  });

  it('hands headers of one origin to no other, and no body after a 302', async () => {
    const seen: (string | undefined)[] = [];
    const { egress } = await site((request, response) => {
      seen.push(`${request.method} ${request.headers.host} ${request.headers.authorization}`);
      if (request.headers.host === 'site.example') response.writeHead(302, { location: 'http://other.example/' }).end();
      else response.end();
    });
    await guardedFetch(egress, 'http://site.example/', {
      method: 'POST',
      body: 'x',
      headers: { authorization: 'Bearer t' },
    });
    expect(seen).toEqual(['POST site.example Bearer t', 'GET other.example undefined']);
  });

  it('E12 reads no more of an answer than it was told', async () => {
    const { egress } = await site((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    const answer = await guardedFetch(egress, 'http://site.example/', { maxBytes: 100_000 });
    expect(answer.body.length).toBe(100_000);
  });
});

describe('the question whether a submitted host answers', () => {
  it('is content with any status', async () => {
    const { egress } = await site((_request, response) => response.writeHead(503).end());
    await expect(probe(egress, 'http://site.example/')).resolves.toBeUndefined();
  });

  it.each([
    ['http://nowhere.example/', 'host_unresolvable', /nowhere\.example/],
    ['http://closed.example/', 'host_unreachable', /ECONNREFUSED/],
    ['http://inside.example/', 'private_address', /inside\.example.*10\.0\.0\.1.*--allow-host inside\.example:80/],
  ])('says of %s that it is %s', async (url, code, sentence) => {
    const { egress } = await site((_request, response) => response.end());
    const asked = probe(egress, url);
    await expect(asked).rejects.toMatchObject({ code });
    await expect(asked).rejects.toThrow(sentence);
  });

  it('says host_unreachable of a server that hangs up', async () => {
    const { egress } = await site((request) => request.socket.destroy());
    await expect(probe(egress, 'http://site.example/')).rejects.toMatchObject({ code: 'host_unreachable' });
  });
});
