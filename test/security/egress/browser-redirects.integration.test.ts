import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageIdOf } from '../../../engine/kernel/index.ts';
import { type RunRecord, runRunner } from '../../integration/runner/engine-double.ts';
import { type Route, serveSite } from '../../integration/runner/loopback-site.ts';

const html = (head: string): Route => {
  const body = `<!doctype html><html lang="en"><head><title>Moved</title>${head}</head><body><h1>Moved</h1></body></html>`;
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(body);
  };
};
/** Every way in which a page can lead a browser elsewhere by itself: the page stands, and is there to be scanned. */
const LEADS: Readonly<Record<string, (to: string) => Route>> = {
  'meta refresh': (to) => html(`<meta http-equiv="refresh" content="0; url=${to}">`),
  'script after the load': (to) =>
    html(`<script>onload = () => setTimeout(() => location.replace(${JSON.stringify(to)}), 20)</script>`),
  'Refresh header': (to) => (_request, response) => {
    response
      .writeHead(200, { 'content-type': 'text/html', refresh: `0; url=${to}` })
      .end('<!doctype html><html lang="en"><head><title>Moved</title></head><body><h1>Moved</h1></body></html>');
  },
};
/** Every way in which a script takes the browser elsewhere while its page is still being read: there is no page to scan. */
const WAYS: Readonly<Record<string, (to: string) => Route>> = {
  'script in the head': (to) => html(`<script>location.replace(${JSON.stringify(to)})</script>`),
  'form that sends itself': (to) =>
    html(`<form method="post" action="${to}"></form><script>document.forms[0].submit()</script>`),
};
const redirect =
  (status: number, to: string): Route =>
  (_request, response) => {
    response.writeHead(status, { location: to }).end();
  };

const PRIVATE = 'http://inside.test/';
const PRIVATE_TLS = 'https://inside.test/';
const OFF_THE_WEB = ['file:///etc/passwd', 'ftp://site.test/x', 'gopher://site.test/x', 'data:text/html,x'];

interface Row {
  readonly name: string;
  readonly route: Route;
  readonly status: string;
  readonly code: string | null;
  /** Address that `redirect-inward` names on the page, or null for no such finding. */
  readonly finding: string | null;
  /** Address that the page is told to lead to, where there is nothing of it to scan: the site cell makes the finding of it. */
  readonly leads?: string;
}

/** One row for each kind of redirect and each kind of target that it must not reach. */
const WEB: readonly Row[] = [
  ...Object.entries(LEADS).flatMap(([kind, lead]) =>
    [PRIVATE, PRIVATE_TLS].map((to) => ({
      name: `${kind} to ${to}`,
      route: lead(to),
      status: 'scanned',
      code: null,
      finding: to,
    })),
  ),
  ...['meta refresh', 'Refresh header'].flatMap((kind) =>
    OFF_THE_WEB.map((to) => ({
      name: `${kind} to ${to}`,
      route: (LEADS[kind] as (to: string) => Route)(to),
      status: 'scanned',
      code: null,
      finding: to,
    })),
  ),
  // Nobody ever sees more of such a page than its way elsewhere.
  ...[PRIVATE, PRIVATE_TLS].flatMap((to) =>
    Object.entries(WAYS).map(([kind, way]) => ({
      name: `${kind} to ${to}`,
      route: way(to),
      status: 'blocked',
      code: 'page_denied',
      finding: null,
      leads: to,
    })),
  ),
  ...[301, 302, 303, 307, 308].map((status) => ({
    name: `${status} to ${PRIVATE}`,
    route: redirect(status, PRIVATE),
    status: 'blocked',
    code: 'page_denied',
    finding: null,
    leads: PRIVATE,
  })),
  ...[PRIVATE_TLS, ...OFF_THE_WEB].map((to) => ({
    name: `302 to ${to}`,
    route: redirect(302, to),
    status: 'blocked',
    code: 'page_denied',
    finding: null,
    leads: to,
  })),
  {
    name: 'a chain of 302',
    route: redirect(302, '/row/302'),
    status: 'blocked',
    code: 'page_denied',
    finding: null,
    leads: PRIVATE,
  },
  {
    name: '20 hops',
    route: (request, response) => {
      const hop = Number(new URL(request.url ?? '', 'http://x').searchParams.get('hop') ?? 0) + 1;
      response.writeHead(302, { location: `?hop=${hop}` }).end();
    },
    status: 'skipped',
    code: 'page_failed',
    finding: null,
  },
  {
    name: 'meta refresh to a page that is not there',
    route: html('<meta http-equiv="refresh" content="0; url=/nowhere">'),
    status: 'skipped',
    code: 'page_failed',
    finding: null,
  },
];

describe('E7 redirects that the browser meets', () => {
  let site: Awaited<ReturnType<typeof serveSite>>;
  let run: RunRecord;
  const at = (index: number) => `http://site.test:${site.port}/row/${index}`;

  beforeAll(async () => {
    site = await serveSite({
      routes: {
        ...Object.fromEntries(WEB.map(({ route }, index) => [`/row/${index}`, route])),
        '/row/302': redirect(302, PRIVATE),
      },
    });
    run = await runRunner({
      assignment: { source: 'urls', timeouts: { navigation: 10, settle: 1, page: 30 } },
      urls: WEB.map((_, index) => at(index)),
      pageScanners: ['link-checker'],
      siteScanner: 'link-checker',
      dial: new Map([[`site.test:${site.port}`, site.port]]),
    });
  });
  afterAll(() => site.close());

  it.each(WEB.map((row, index) => [row.name, index, row] as const))('E7 %s', (_name, index, row) => {
    const { visited, done } = run.page(at(index));
    expect(done).toMatchObject({ status: row.status, code: row.code });
    expect(done?.about).toBe(row.leads);
    if (row.code === 'page_denied')
      expect(done?.reason).toMatch(/inside\.test:(?:80|443) is not open|is a \w+: address|to a \w+: address/);
    if (row.status !== 'scanned') return;
    const said = run.findings('link-checker', at(index)).findings.filter((f) => f.rule === 'redirect-inward');
    expect(said.map((f) => f.evidence)).toEqual([row.finding]);
    expect(visited?.finalUrl).toBe(at(index));
    if (row.finding?.startsWith('http'))
      expect(visited?.blocked).toMatchObject([{ url: row.finding, type: 'document' }]);
  });

  it('E7 pages that are nothing but a way inward are findings of the site', () => {
    const led = WEB.flatMap(({ leads }, index) => (leads === undefined ? [] : [`${pageIdOf(at(index))} ${leads}`]));
    const said = run
      .findings('link-checker', '_site')
      .findings.filter((finding) => finding.rule === 'redirect-inward')
      .flatMap(({ evidence, occurrences }) => occurrences.map(({ pageId }) => `${pageId} ${evidence}`));
    expect(said.toSorted()).toEqual(led.toSorted());
  });
});

describe('E7 pages of a build that lead to another site', () => {
  const OTHER = 'https://www.example.org/new';
  const ROWS = [
    ...Object.entries(LEADS).map(([name, lead]) => ({ name, route: lead(OTHER), status: 'scanned', code: null })),
    ...Object.entries(WAYS).map(([name, way]) => ({ name, route: way(OTHER), status: 'skipped', code: 'page_left' })),
    { name: '301', route: redirect(301, OTHER), status: 'skipped', code: 'page_left' },
  ];
  let run: RunRecord;
  const at = (index: number) => `http://build.localhost/row/${index}`;

  beforeAll(async () => {
    const site = await serveSite({
      routes: Object.fromEntries(ROWS.map(({ route }, index) => [`/row/${index}`, route])),
    });
    run = await runRunner({
      assignment: {
        source: 'zip',
        sitePort: site.port,
        siteOrigin: 'http://build.localhost',
        timeouts: { navigation: 10, settle: 1, page: 30 },
      },
      urls: ROWS.map((_, index) => at(index)),
      pageScanners: ['link-checker'],
    });
    await site.close();
  });

  it.each(ROWS.map((row, index) => [row.name, index, row] as const))(
    'by %s are looked at as they stand, or left out with the reason',
    (_name, index, row) => {
      const { visited, done } = run.page(at(index));
      expect(done).toMatchObject({ status: row.status, code: row.code });
      if (row.status !== 'scanned') return;
      expect(visited?.finalUrl).toBe(at(index));
      expect(visited?.blocked).toEqual([
        { url: OTHER, type: 'document', reason: 'the page leads on to another site, www.example.org' },
      ]);
      expect(run.findings('link-checker', at(index)).findings.map((f) => f.rule)).toEqual([]);
    },
  );
});
