import { zstdDecompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { pageIdOf } from '../../../engine/kernel/index.ts';
import { runRunner } from './engine-double.ts';
import { serveSite } from './loopback-site.ts';

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
</head><body><main><h1>No title</h1><img src="/p.png" width="4" height="4">
<p><a href="/gone">Seen</a></p>
<p style="visibility: hidden"><a href="/gone">Hidden</a></p>
<p id="late"></p><script>late.innerHTML = '<a href="/gone">Late</a>'</script>
<p><input aria-label="Code" onpaste="return false"></p></main></body></html>`;

it('measures through the proxy after the page lane has ended, keeps the median run and its evidence', async () => {
  const secrets: unknown[] = [];
  const site = await serveSite({
    routes: {
      '/': (request, response) => {
        secrets.push(request.headers['x-member']);
        response.writeHead(200, { 'content-type': 'text/html', 'x-stageflow-file': 'index.html' });
        response.end(PAGE);
      },
    },
  });
  const url = 'http://small.localhost/';
  const run = await runRunner({
    assignment: {
      source: 'zip',
      sitePort: site.port,
      siteOrigin: 'http://small.localhost',
      lighthouse: { runs: 2, formFactor: 'mobile' },
      access: { headers: { 'X-Member': 'yes' }, cookies: [], basicAuth: null, storageState: null },
    },
    urls: [url],
    pageScanners: ['axe', 'link-checker'],
    machineScanner: 'lighthouse',
    siteScanner: 'link-checker',
  });
  await site.close();
  expect({ exit: run.exitCode, fatal: run.of('fatal') }).toEqual({ exit: 0, fatal: [] });

  // What is said of the site names places of pages that were left long ago.
  const broken = run.findings('link-checker', '_site').findings.find((f) => f.rule === 'broken-link-internal');
  const [seen, hidden, late] = broken?.occurrences ?? [];
  const pageId = pageIdOf(url);
  expect(seen).toMatchObject({ pageId, file: 'index.html', line: 3, column: 4, box: { x: 8 } });
  expect(hidden).toMatchObject({ pageId, file: 'index.html', line: 4, noPicture: 'hidden' });
  expect(late).toMatchObject({ pageId, file: 'index.html', box: { x: 8 } });
  expect(late).not.toHaveProperty('line');
  for (const { screenshot = '' } of [seen, late].map((one) => one ?? {}))
    expect(
      run.artifacts
        .get(screenshot.replace(/^job1\//, ''))
        ?.subarray(0, 2)
        .toString('hex'),
    ).toBe('ffd8');
  const siteCell = run.of('cell.done').find((m) => m.pageId === '_site');
  expect(siteCell?.evidence.map(({ key }) => key)).toEqual(
    expect.arrayContaining([seen?.screenshot, late?.screenshot]),
  );
  const order = run.messages.map((m) => (m.type === 'cell.done' ? m.scanner : m.type));
  expect(order.indexOf('lighthouse')).toBeGreaterThan(order.indexOf('page.done'));
  expect(new Set(secrets)).toEqual(new Set(['yes']));

  const judged = run.findings('lighthouse', url);
  expect(judged.scores.map((s) => s.id)).toEqual(['performance', 'accessibility', 'best-practices', 'seo']);
  expect(judged.scores[0]).toMatchObject({ value: expect.any(Number), runs: 2 });
  expect(judged.facts).toMatchObject({
    benchmarkIndex: expect.any(Number),
    formFactor: 'mobile',
    throttling: 'simulate',
  });
  const axe = run.findings('axe', url).findings.find((f) => f.rule === 'image-alt');
  const lighthouse = judged.findings.find((f) => f.rule === 'image-alt');
  expect([lighthouse?.issue, lighthouse?.occurrences[0]?.selector]).toEqual([
    axe?.issue,
    axe?.occurrences[0]?.selector,
  ]);

  // What Lighthouse alone says has its place in the build, and a picture from its own tab.
  const paste = judged.findings.find((f) => f.rule === 'paste-preventing-inputs')?.occurrences[0];
  expect(paste).toMatchObject({ pageId, file: 'index.html', line: 6, column: 4 });
  expect(paste).not.toHaveProperty('box');
  expect(
    run.artifacts
      .get(paste?.screenshot?.replace(/^job1\//, '') ?? '')
      ?.subarray(0, 2)
      .toString('hex'),
  ).toBe('ffd8');

  const evidence = (name: string) => run.artifacts.get(`lighthouse/evidence/${pageIdOf(url)}/${name}`) as Buffer;
  expect(evidence('report.html').toString()).toContain('Lighthouse');
  expect(JSON.parse(zstdDecompressSync(evidence('trace.json.zst')).toString())).toHaveProperty('traceEvents');
  expect(JSON.parse(zstdDecompressSync(evidence('devtoolslog.json.zst')).toString())).toEqual(expect.any(Array));
  expect(JSON.stringify(run.messages)).not.toContain('X-Member');
});

it('does not measure a page of a build that leads to another site by itself, and says where to', async () => {
  const site = await serveSite({
    routes: {
      '/': '<!doctype html><html lang="en"><head><title>Moved</title><script>onload = () => setTimeout(() => location.replace("http://www.example.org/new"), 20)</script></head><body><h1>Moved</h1></body></html>',
    },
  });
  const run = await runRunner({
    assignment: { source: 'zip', sitePort: site.port, siteOrigin: 'http://moved.localhost' },
    urls: ['http://moved.localhost/'],
    machineScanner: 'lighthouse',
  });
  await site.close();
  expect(run.of('cell.done')).toMatchObject([
    {
      scanner: 'lighthouse',
      outcome: 'not-measurable',
      code: 'not_measurable',
      reason: expect.stringContaining('the page leads on to another site, www.example.org'),
    },
  ]);
});
