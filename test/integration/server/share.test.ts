import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../../engine/kernel/index.ts';
import { createApp } from '../../../server/app.ts';
import { maskedPath } from '../../../server/ops/masked-path.ts';
import { sharedUntil } from '../../../server/share/open.ts';
import { specOf } from '../../conformance/events.ts';
import { startTestServer, type TestServer } from './harness.ts';
import { FILES, PLANTED, storeSharedJob } from './shared-job.ts';

let later = 0;
const clock: Clock = { ...systemClock, now: () => systemClock.now() + later };
let server: TestServer;
let jobId: string;
let team: string;

beforeAll(async () => {
  server = await startTestServer({ clock });
  team = server.token(['submit', 'read']);
  jobId = await storeSharedJob(server);
}, 180_000);
afterAll(() => server.close());

interface Made {
  readonly id: string;
  readonly url: string;
  readonly expiresAt: string;
}
const share = async (settings: Record<string, unknown> = {}, job = jobId): Promise<Made> => {
  const answer = await server.call(team, 'POST', `/api/v1/jobs/${job}/shares`, settings);
  expect(answer.status).toBe(201);
  return (await answer.json()) as Made;
};
/** An answer read to its end, so that no file stays open. */
const read = async (answer: Response) => {
  const bytes = await answer.arrayBuffer();
  return new Response(answer.status === 204 || bytes.byteLength === 0 ? null : bytes, answer);
};
const open = async (path: string, method = 'GET') => read(await server.call('', method, path));
/** An answer as a stranger sees it, without the id that every request has anew. */
const seen = async (answer: Response) => {
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => name !== 'x-request-id'));
  const body = await answer.bytes();
  return { status: answer.status, headers, size: body.length, body: Buffer.from(body).toString('latin1') };
};

describe('a share', () => {
  it('L3 is 256 random bits, kept as a hash only, and opens the report without a token', async () => {
    const made = await share();
    expect(made.url).toMatch(/^\/s\/[\w-]{43}$/);
    const token = made.url.slice(3);
    const row = server.ledger.service.shares.byId(made.id);
    expect(JSON.stringify([row, server.ledger.service.shares.ofJob(jobId)])).not.toContain(token);
    expect(server.ledger.service.shares.byHash(token)).toBeNull();
    const page = await open(made.url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain(`${token}/a/`);
    const list = await server.call(team, 'GET', `/api/v1/jobs/${jobId}/shares`);
    expect(await list.text()).not.toContain(token);
  });

  it('is an address that can be sent as it is: by the public name, else by the one that was asked', async () => {
    const ask = async (config: object, from: string) => {
      const app = createApp({ ...server.services, config: { ...server.services.config, ...config } });
      const answer = await app.fetch(
        new Request(`${from}/api/v1/jobs/${jobId}/shares`, {
          method: 'POST',
          headers: { authorization: `Bearer ${team}`, 'content-type': 'application/json' },
          body: '{}',
        }),
        { address: '127.0.0.1' },
      );
      return ((await answer.json()) as Made).url;
    };
    const local = 'http://127.0.0.1:7070';
    expect(await ask({}, local)).toMatch(/^http:\/\/127\.0\.0\.1:7070\/s\/[\w-]{43}$/);
    const publicUrl = 'https://scan.example.org';
    expect(await ask({ publicUrl }, local)).toMatch(/^https:\/\/scan\.example\.org\/s\/[\w-]{43}$/);
  });

  it('L3 shows pictures always, other files only when ticked, and nothing that the report does not name', async () => {
    const plain = await share();
    const { url } = await share({ include: { har: true, raw: true, traces: true, transcripts: true } });
    for (const [path, is] of Object.entries(FILES)) {
      expect((await open(`${plain.url}/a/${path}`)).status, path).toBe(is === 'pictures' ? 200 : 404);
      expect((await open(`${url}/a/${path}`)).status, path).toBe(200);
    }
    for (const path of ['report.json', 'report.html', 'axe/report.html', 'axe/results.json', 'provenance.json']) {
      expect((await open(`${url}/a/${path}`)).status, path).toBe(404);
    }
  });

  it('L3 sends the browser to the object store for at most 60 seconds where there is one, and checks the token first', async () => {
    const asked: (readonly [string, number | undefined])[] = [];
    const shareSigner = {
      artifact: (_job: string, key: string, seconds?: number) => {
        asked.push([key, seconds]);
        return `https://store.example/${key}?signed`;
      },
      report: (job: string) => `https://store.example/${job}/report.html?signed`,
    };
    const app = createApp({ ...server.services, shareSigner });
    const { url, id } = await share();
    const get = (path: string) => app.fetch(new Request(`http://127.0.0.1:7070${path}`, { redirect: 'manual' }));
    const path = Object.keys(FILES)[0] ?? '';
    const answer = await get(`${url}/a/${path}`);
    expect([answer.status, answer.headers.get('location')]).toEqual([
      302,
      `https://store.example/${jobId}/${path}?signed`,
    ]);
    expect(asked).toEqual([[`${jobId}/${path}`, 60]]);
    expect((await get(url)).headers.get('content-security-policy')).toContain(
      "img-src data: 'self' https://store.example;",
    );
    await server.call(team, 'DELETE', `/api/v1/shares/${id}`);
    expect((await get(`${url}/a/${path}`)).status).toBe(404);
    expect(asked).toHaveLength(1);
  });

  it('L4 ends at once when it is taken back, with all its files', async () => {
    const { url, id } = await share();
    const path = `${url}/a/${Object.keys(FILES)[0]}`;
    expect([(await open(url)).status, (await open(path)).status]).toEqual([200, 200]);
    expect((await server.call(team, 'DELETE', `/api/v1/shares/${id}`)).status).toBe(204);
    expect([(await open(url)).status, (await open(path)).status]).toEqual([404, 404]);
    const change = await server.call(team, 'PATCH', `/api/v1/shares/${id}`, { visibility: 'public' });
    expect([change.status, ((await change.json()) as { code: string }).code]).toEqual([409, 'share_revoked']);
  });

  it('L4 ends when its time is up, neither sooner nor later', async () => {
    const { url, expiresAt } = await share({ expiresInDays: 1 / 24 });
    const left = Date.parse(expiresAt) - clock.now();
    expect(Math.abs(left - 3_600_000)).toBeLessThan(5000);
    try {
      later = left - 5000;
      expect((await open(url)).status).toBe(200);
      later = left + 1;
      expect((await open(url)).status).toBe(404);
    } finally {
      later = 0;
    }
  });

  it('L4 a wish for more than it may never reaches the signer', async () => {
    const asked: number[] = [];
    const shareSigner = {
      artifact: () => '',
      report: (_: string, seconds: number) => {
        asked.push(seconds);
        return 'https://store.example/report.html?signed';
      },
    };
    const app = createApp({ ...server.services, shareSigner });
    const ask = (body: unknown) =>
      app.fetch(
        new Request(`http://127.0.0.1:7070/api/v1/jobs/${jobId}/shares`, {
          method: 'POST',
          headers: { authorization: `Bearer ${team}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      );
    for (const days of [7.01, 30, 0.01, -1])
      expect((await ask({ kind: 'presigned', expiresInDays: days })).status).toBe(400);
    expect(asked).toEqual([]);
    const made = (await (await ask({ kind: 'presigned', expiresInDays: 7 })).json()) as {
      cannot: string[];
      url: string;
    };
    expect(asked).toEqual([604_800]);
    expect(made.cannot.join(' ')).toMatch(/cannot be taken back.*Nothing in it is masked/s);
    expect((await server.call(team, 'POST', `/api/v1/jobs/${jobId}/shares`, { expiresInDays: 366 })).status).toBe(400);
  });

  it('refuses a plain link where no object store could serve it, by name', async () => {
    const answer = await server.call(team, 'POST', `/api/v1/jobs/${jobId}/shares`, { kind: 'presigned' });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([409, 'no_plain_links']);
  });

  it('can be paused, opened again, prolonged and given more, and keeps what was not named', async () => {
    const { url, id } = await share({ label: 'for Ann', include: { har: true } });
    const change = async (body: unknown) => (await server.call(team, 'PATCH', `/api/v1/shares/${id}`, body)).json();
    const har = `${url}/a/${Object.keys(FILES)[2]}`;
    expect(await change({ visibility: 'paused' })).toMatchObject({ state: 'paused', label: 'for Ann' });
    expect((await open(url)).status).toBe(404);
    expect(await change({ visibility: 'public', expiresInDays: 30, include: { raw: true } })).toMatchObject({
      state: 'live',
      include: { har: true, raw: true, traces: false, transcripts: false },
    });
    expect((await open(har)).status).toBe(200);
    await change({ include: { har: false } });
    expect((await open(har)).status).toBe(404);
  });

  it('says what it would show before it is made: counts, files by class, and what is masked', async () => {
    const answer = await server.call(team, 'GET', `/api/v1/jobs/${jobId}/shares/preview`);
    const preview = (await answer.json()) as {
      classes: { class: string; count: number }[];
      redactions: { kind: string; examples: { text: string }[] }[];
      notes: string[];
    };
    expect(preview).toMatchObject({ pages: 1, findings: 1, screenshots: 1, crops: 1, snippets: 1 });
    expect(preview.classes.map(({ class: name, count }) => [name, count])).toEqual([
      ['pictures', 2],
      ['har', 1],
      ['raw', 3],
      ['traces', 1],
      ['transcripts', 1],
    ]);
    expect(preview.redactions.map(({ kind }) => kind)).toEqual(['e-mail', 'value']);
    expect(preview.notes.join(' ')).toContain('Screenshots and crops are shown as they are');
    for (const secret of Object.values(PLANTED)) expect(JSON.stringify(preview)).not.toContain(secret);
  });

  it('belongs to its job: another tenant does not know it, and a job without a report has none', async () => {
    const { id } = await share();
    const stranger = server.token(['submit', 'read'], 'others');
    expect((await server.call(stranger, 'PATCH', `/api/v1/shares/${id}`, { visibility: 'paused' })).status).toBe(404);
    expect((await server.call(stranger, 'DELETE', `/api/v1/shares/${id}`)).status).toBe(404);
    expect((await server.call(stranger, 'DELETE', '/api/v1/shares/shr_unknown')).status).toBe(404);
    expect((await server.call(server.token(['admin'], 'others'), 'DELETE', `/api/v1/shares/${id}`)).status).toBe(204);
    const empty = await storeSharedJob(server);
    await server.engine.store.remove('scanner-artifacts', `${empty}/report.json`);
    expect((await server.call(team, 'POST', `/api/v1/jobs/${empty}/shares`, {})).status).toBe(409);
    expect((await server.call(team, 'GET', `/api/v1/jobs/${empty}/shares/preview`)).status).toBe(409);
  });
});

describe('what a stranger gets', () => {
  it('L6 is quiet: no index, no referrer, no cache, no cookie, nothing from elsewhere; HEAD says the same', async () => {
    const { url } = await share();
    const page = await open(url);
    const headers = Object.fromEntries(page.headers);
    expect(headers).toMatchObject({
      'x-robots-tag': expect.stringContaining('noindex') as string,
      'referrer-policy': 'no-referrer',
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
    });
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain('sandbox allow-scripts');
    expect(policy).not.toMatch(/https?:|unsafe|\*|allow-same-origin|file:/);
    const cookie = await server.app.fetch(
      new Request(`http://127.0.0.1:7070${url}`, { headers: { cookie: `stageflow_session=${team}` } }),
    );
    for (const answer of [page, cookie, await open('/s/unknown')]) expect(answer.headers.get('set-cookie')).toBeNull();
    for (const path of [url, `${url}/a/${Object.keys(FILES)[0]}`, '/s/unknown']) {
      const [get, head] = [await seen(await open(path)), await seen(await open(path, 'HEAD'))];
      expect({ ...head, size: 0, body: '' }).toEqual({ ...get, size: 0, body: '' });
      expect([head.size, Number(head.headers['content-length'])]).toEqual([0, get.size]);
    }
  });

  it('L6 is without secrets', async () => {
    const { url } = await share({ include: { har: true, raw: true } });
    const page = await (await open(url)).text();
    for (const secret of Object.values(PLANTED)) expect(page).not.toContain(secret);
    expect(page).toContain('[redacted e-mail]');
  });

  it('L6 leaves no token in a log line or in the pattern that is counted', async () => {
    const { url } = await share();
    await open(url);
    await open(`${url}/a/${Object.keys(FILES)[0]}`);
    await open(`${url}/a/nothing`);
    await open(`/s/${'x'.repeat(43)}`);
    expect(server.logged.length).toBeGreaterThan(0);
    const lines = server.logged.join('\n');
    expect(lines).not.toContain(url.slice(3));
    expect(lines).not.toContain('x'.repeat(43));
    for (const path of [`${url}/a/b.png`, `/%73/${url.slice(3)}`, `//s/${url.slice(3)}?q`, `/s%2F${url.slice(3)}`]) {
      expect(maskedPath(path)).not.toContain(url.slice(3));
    }
    expect(maskedPath('/api/v1/jobs')).toBe('/api/v1/jobs');
  });

  it('L6 never runs evidence: what could act is a download, and everything is in a sandbox', async () => {
    const { url } = await share({ include: { raw: true } });
    for (const path of Object.keys(FILES).filter((name) => FILES[name as keyof typeof FILES] === 'raw')) {
      const { headers } = await open(`${url}/a/${path}`);
      expect(headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+"$/);
      expect(headers.get('content-type')).toBe('application/octet-stream');
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; sandbox;/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    const picture = await open(`${url}/a/${Object.keys(FILES)[0]}`);
    expect(picture.headers.get('content-type')).toBe('image/png');
  });

  it('L5 cannot tell unknown, revoked, expired, paused and malformed links apart', async () => {
    const revoked = await share();
    await server.call(team, 'DELETE', `/api/v1/shares/${revoked.id}`);
    const paused = await share();
    await server.call(team, 'PATCH', `/api/v1/shares/${paused.id}`, { visibility: 'paused' });
    const expired = await share();
    server.ledger.service.shares.change(expired.id, { expiresAt: clock.now() });
    const links = [
      revoked.url,
      paused.url,
      expired.url,
      `/s/${'A'.repeat(43)}`,
      '/s/',
      '/s',
      '/s/a/b/c',
      '/s/%00',
      `/s/${'A'.repeat(900)}`,
    ];
    const first = await seen(await open(`/s/${'B'.repeat(43)}`));
    expect(first.status).toBe(404);
    expect(first.body).toContain('ask the person who sent it');
    let address = 0;
    for (const link of links) {
      address += 1;
      const peer = { address: `203.0.113.${address}` };
      const answer = await server.app.fetch(new Request(`http://127.0.0.1:7070${link}`), peer);
      expect(await seen(answer), link).toEqual(first);
    }
  });

  it('L5 stops guessing after 20 a minute from one address, and never a link that opens', async () => {
    const { url } = await share();
    const from = async (path: string, address: string) =>
      read(await server.app.fetch(new Request(`http://127.0.0.1:7070${path}`), { address }));
    const statuses = [];
    for (let n = 0; n < 22; n += 1) statuses.push((await from(`/s/guess${n}`, '198.51.100.7')).status);
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 404), 429, 429]);
    expect((await from('/s/guess', '198.51.100.7')).headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
    expect((await from('/s/guess', '198.51.100.8')).status).toBe(404);
    for (let n = 0; n < 30; n += 1) expect((await from(url, '198.51.100.7')).status).toBe(200);
  });

  it('L10 reaches no key but those of the list, however the path is spelled', async () => {
    const other = await storeSharedJob(server, 'others');
    const { url } = await share({ include: { har: true, raw: true, traces: true, transcripts: true } });
    const good = Object.keys(FILES)[0] ?? '';
    const paths = [
      `../${other}/${good}`,
      `..%2F${other}%2F${good}`,
      `%2e%2e/${other}/${good}`,
      `x/../${good}`,
      `./${good}`,
      `/${good}`,
      `${good}/`,
      `${good}%00.png`,
      good.replaceAll('/', '%2F'),
      good.replaceAll('/', '\\'),
      `${jobId}/${good}`,
      '__proto__',
      'report.json',
      '',
    ];
    for (const path of paths) {
      const raw = `http://127.0.0.1:7070${url}/a/${path}`;
      // What the address parser itself folds into the good path is the good path.
      const expected = new URL(raw).pathname === `${url}/a/${good}` ? 200 : 404;
      expect((await read(await server.app.fetch(new Request(raw)))).status, path).toBe(path === '' ? 404 : expected);
    }
  });
});

describe('the end of a job', () => {
  it('L8 takes its shares with it: row and pages are gone with the job', async () => {
    const id = server.engine.submit({ spec: specOf('urls') });
    server.ledger.service.owners.set(id, 'team');
    await server.engine.ended(id);
    const made = await share({}, id);
    expect((await open(made.url)).status).toBe(200);
    server.ledger.deleteJob(id);
    expect((await open(made.url)).status).toBe(404);
    expect(server.ledger.service.shares.byId(made.id)).toBeNull();
  });

  it('L8 waits for the last share that can still be opened', async () => {
    const id = await storeSharedJob(server);
    const { shares } = server.ledger.service;
    expect(sharedUntil(shares, id, clock.now())).toBeNull();
    const short = await share({ expiresInDays: 1 }, id);
    const long = await share({ expiresInDays: 90 }, id);
    expect(sharedUntil(shares, id, clock.now())).toBe(Date.parse(long.expiresAt));
    await server.call(team, 'DELETE', `/api/v1/shares/${long.id}`);
    expect(sharedUntil(shares, id, clock.now())).toBe(Date.parse(short.expiresAt));
    expect(sharedUntil(shares, id, Date.parse(short.expiresAt))).toBeNull();
  });
});
