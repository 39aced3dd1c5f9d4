import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEgress } from '../../../engine/egress/index.ts';
import { worldOf } from '../egress/world.ts';
import { startTestServer, type TestServer } from '../../integration/server/harness.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer({
    pods: 'frozen',
    config: { blockTargets: ['blocked.example', '*.gov.example'], queuedJobs: 1000 },
  });
  token = server.token(['submit', 'read']);
});
afterAll(() => server.close());

const submit = (url: string, more: object = {}, as = token) =>
  server.call(as, 'POST', '/api/v1/jobs/url', { urls: [url], modules: ['seo'], ...more });

const SPELLINGS = [
  // E1: 127.0.0.1, 10.0.0.1, 169.254.169.254 and 0.0.0.0 in every spelling
  'http://127.0.0.1/',
  'http://127.1/',
  'http://127.0.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'http://017700000001/',
  'http://１２７.０.０.１/',
  'http://①②⑦.⓪.⓪.①/',
  'http://127。0。0。1/',
  'http://127.0.0.1./',
  'http://%31%32%37.0.0.1/',
  'http://10.0.0.1/',
  'http://012.0.0.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/',
  'http://0xa9fea9fe/',
  'http://0/',
  'http://0.0.0.0/',
  'localhost:80',
  'http://LOCALHOST/',
  'http://app.localhost/',
  // E2
  'http://[::]/',
  'http://[::1]/',
  'http://[::127.0.0.1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[64:ff9b:1::1]/',
  'http://[2001::1]/',
  'http://[2001:db8::1]/',
  'http://[2002:7f00:1::]/',
  'http://[3fff::1]/',
  'http://[5f00::1]/',
  'http://[fc00::1]/',
  'http://[fe80::1]/',
  'http://[fec0::1]/',
  'http://[ff02::1]/',
  // E3
  'http://100.64.0.1/',
  'http://192.0.0.1/',
  'http://192.88.99.1/',
  'http://198.18.0.1/',
  'http://203.0.113.1/',
  'http://224.0.0.1/',
  'http://240.0.0.1/',
  // E4
  'http://169.254.170.2/',
  'http://[fd00:ec2::254]/',
  'http://100.100.100.200/',
  'http://168.63.129.16/',
  'http://metadata.google.internal/',
  // E8 and other ways around
  'http://a.example:22/',
  'http://a.example:4222/',
  'http://a@127.0.0.1/',
  'http://user:secret@a.example/',
  'file:///etc/passwd',
  'ftp://a.example/',
  'javascript:alert(1)',
  'http://a.example\\@127.0.0.1/',
  'http://a.exam ple/',
];

/** Those that a browser would go somewhere with; what is refused for its password or backslash alone leads to a public host. */
const LEADING_INWARD = SPELLINGS.filter((url) => {
  if (!/^https?:/.test(url) || !URL.canParse(url)) return false;
  const { hostname, port } = new URL(url);
  return hostname !== 'a.example' || port !== '';
});

describe('A11 addresses at submission', () => {
  it.each(SPELLINGS)('A11 %s is 400 with a reason', async (url) => {
    const answer = await submit(url);
    expect(answer.status).toBe(400);
    const problem = (await answer.json()) as { code: string; detail: string };
    expect(['private_address', 'bad_url']).toContain(problem.code);
    expect(problem.detail.length).toBeGreaterThan(20);
    expect(problem.detail).not.toContain('secret');
  });

  it.each(LEADING_INWARD)(
    'A11 %s is still blocked at the guard when the check at submission is bypassed',
    async (url) => {
      const { hostname, port, protocol } = new URL(url);
      const world = worldOf({ names: { 'a.example': ['93.184.215.14'], 'app.localhost': ['127.0.0.1'] } });
      const egress = createEgress({ kind: 'web', allowHosts: [], allowAssets: [] }, world.ports);
      const authority = `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`;
      expect((await egress.dial(authority)).ok).toBe(false);
      expect(world.dialled).toEqual([]);
    },
  );

  it.each([
    'http://100.63.255.254/',
    'http://100.128.0.1/',
    'http://[2606:4700:4700::1111]/',
    'https://a.example:8443/',
  ])('A11 %s is public and accepted', async (url) => {
    expect((await submit(url)).status).toBe(202);
  });

  it('A11 one private address in a list refuses the whole list', async () => {
    const before = server.ledger.jobs().length;
    const urls = ['https://a.example/', 'http://127.0.0.1/'];
    expect((await server.call(token, 'POST', '/api/v1/jobs/url', { urls })).status).toBe(400);
    expect(server.ledger.jobs()).toHaveLength(before);
  });

  it('A11 private addresses are opened by administrators alone, metadata by nobody', async () => {
    const local = { allowHosts: ['127.0.0.1:8080'] };
    const refused = await submit('http://127.0.0.1:8080/', local);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: 'forbidden' });
    const admin = server.token(['admin']);
    expect((await submit('http://127.0.0.1:8080/', local, admin)).status).toBe(202);
    const metadata = { allowHosts: ['169.254.169.254:80'] };
    expect((await submit('http://169.254.169.254/', metadata, admin)).status).toBe(400);
  });

  it('hosts that the administrator blocked are refused, however they are written', async () => {
    for (const url of ['https://blocked.example/', 'https://BLOCKED.example./x', 'https://tax.gov.example/']) {
      const answer = await submit(url);
      expect([url, answer.status]).toEqual([url, 403]);
      expect(await answer.json()).toMatchObject({ code: 'target_not_allowed' });
    }
    expect((await submit('https://gov.example/')).status).toBe(202);
    expect((await submit('https://notblocked.example/')).status).toBe(202);
  });

  it('where only some hosts are allowed, all others are refused', async () => {
    const narrow = await startTestServer({ pods: 'frozen', config: { allowTargets: ['a.example', '*.a.example'] } });
    try {
      const own = narrow.token(['submit']);
      const ask = async (url: string) => (await narrow.call(own, 'POST', '/api/v1/jobs/url', { urls: [url] })).status;
      expect(await ask('https://a.example/')).toBe(202);
      expect(await ask('https://www.a.example/')).toBe(202);
      expect(await ask('https://b.example/')).toBe(403);
      expect(await ask('https://nota.example/')).toBe(403);
    } finally {
      await narrow.close();
    }
  });
});

describe('what a request may not ask for', () => {
  it('a job outside of a pod', async () => {
    expect((await submit('https://a.example/', { isolation: 'process' })).status).toBe(400);
  });

  it('modules and options that do not exist', async () => {
    expect(await (await submit('https://a.example/', { modules: ['nope'] })).json()).toMatchObject({
      code: 'unknown_module',
    });
    const options = { moduleOptions: { seo: { nope: 1 } } };
    expect(await (await submit('https://a.example/', options)).json()).toMatchObject({ code: 'bad_option' });
  });

  it('login details stay out of events, views, answers and the log', async () => {
    const access = {
      headers: { authorization: 'planted-header' },
      cookies: [{ name: 'sid', value: 'planted-cookie' }],
      basicAuth: { username: 'me', password: 'planted-password' },
      storageState: {
        origins: [{ origin: 'https://a.example', localStorage: [{ name: 'k', value: 'planted-state' }] }],
      },
    };
    const made = await submit('https://a.example/', { access });
    expect(made.status).toBe(202);
    const address = made.headers.get('location') ?? '';
    const texts = [await made.text(), server.logged.join('\n')];
    for (const path of [address, `${address}/events`, '/api/v1/jobs']) {
      texts.push(await (await server.call(token, 'GET', path)).text());
    }
    texts.push(JSON.stringify(server.ledger.job(address.split('/').at(-1) ?? '')));
    expect(texts.filter((text) => text.includes('planted'))).toEqual([]);
    expect(server.ledger.job(address.split('/').at(-1) ?? '')?.spec.access).toBe(true);
    const wrong = await submit('https://a.example/', { access: { basicAuth: { username: 'planted-name' } } });
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).not.toContain('planted');
  });
});
