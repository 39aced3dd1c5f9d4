import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { handlersOf, memoryStore } from '../pod/pair.ts';
import { planFor, program } from '../pod/programs.ts';
import { realPodman } from '../pod/real-podman.ts';
import type { RealPodman } from '../pod/real-podman.ts';

const ENGINE = `lighthouseproof${process.pid}`;
let podman: RealPodman;
afterAll(async () => {
  expect([...(await podman.pods(ENGINE)), ...(await podman.containers(ENGINE))]).toEqual([]);
});

const PAGE = `<!doctype html><html lang="en"><head><title>A small page</title><meta name="viewport" content="width=device-width">
  <meta name="description" content="A page for one Lighthouse run."></head><body><main><h1>Hello</h1><p>Text.</p></main></body></html>`;

/** What the program in the container found out about its own locks while the page was open. */
interface Seen {
  readonly performance: number | null;
  readonly url: string;
  readonly runtimeError: string | null;
  readonly capEff: string;
  readonly ownFilters: number;
  readonly rendererFilters: number[];
  readonly rendererNamespaces: number[];
  readonly flags: string[];
  readonly listening: number;
}

test("Lighthouse runs in the container through the guarded way out, with Chromium's sandbox on, no capability and no debugging port", async () => {
  podman = await realPodman(ENGINE);
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.headers.host}${request.url}`);
    response.setHeader('content-type', 'text/html').end(PAGE);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;

  const runner = program(`
    const { readFileSync, readdirSync } = await import('node:fs');
    const { startProxy } = await import('/app/scanners/runtime/proxy/index.ts');
    const { browserArgs, CHROMIUM } = await import('/app/scanners/runtime/runner/browser.ts');
    const { createRequire } = await import('node:module');
    const from = createRequire('/app/scanners/lighthouse/package.json');
    const { default: puppeteer } = await import(from.resolve('puppeteer-core'));
    const { default: lighthouse } = await import(from.resolve('lighthouse'));
    const proxy = await startProxy({ tunnel: (authority) => engine.tunnel(authority), site: null });
    const browser = await puppeteer.launch({
      executablePath: CHROMIUM, pipe: true, headless: true, timeout: 60000, args: browserArgs(proxy.port, null),
    });
    const page = await browser.newPage();
    await page.goto('http://site.test/');
    const field = (pid, name) => new RegExp('^' + name + ':\\\\s*(.*)$', 'm').exec(readFileSync('/proc/' + pid + '/status', 'utf8'))?.[1] ?? '';
    const pids = readdirSync('/proc').filter((name) => Number(name) > 0);
    const commands = pids.map((pid) => ({ pid, line: readFileSync('/proc/' + pid + '/cmdline', 'utf8').replaceAll('\\0', ' ') })).filter(({ line }) => line.startsWith(CHROMIUM));
    const renderers = commands.filter(({ line }) => line.includes('--type=renderer'));
    const ports = readFileSync('/proc/net/tcp', 'utf8').split('\\n').filter((line) => / 0A /.test(line)).length;
    const sockets = readFileSync('/proc/net/tcp6', 'utf8').split('\\n').filter((line) => / 0A /.test(line)).length;
    const locks = {
      capEff: field('self', 'CapEff'),
      ownFilters: Number(field('self', 'Seccomp_filters')),
      rendererFilters: renderers.map(({ pid }) => Number(field(pid, 'Seccomp_filters'))),
      rendererNamespaces: renderers.map(({ pid }) => field(pid, 'NSpid').split('\\t').length),
      flags: commands.flatMap(({ line }) => line.match(/--no-sandbox|--disable-setuid-sandbox|--remote-debugging-port/g) ?? []),
      listening: ports + sockets,
    };
    const result = await lighthouse('http://site.test/', { logLevel: 'error', onlyCategories: ['performance', 'seo'] }, undefined, page);
    const seen = {
      ...locks,
      performance: result.lhr.categories.performance.score,
      url: result.lhr.finalDisplayedUrl,
      runtimeError: result.lhr.runtimeError?.message ?? null,
    };
    await engine.putArtifact('lighthouse/evidence/page/lhr.json', Buffer.from(JSON.stringify(result.lhr)));
    await engine.send({ type: 'fatal', code: 'internal', reason: JSON.stringify(seen) });
    await engine.next('page');`);
  const said = Promise.withResolvers<string>();
  const store = memoryStore();
  const pod = await podman.runtime({ runner }).create(planFor(ENGINE, podman.image, { memoryMiB: 3072 }));
  try {
    const container = await pod.start(
      'runner',
      handlersOf({
        putArtifact: store.put,
        message: async (message) => {
          if (message.type === 'fatal') said.resolve(message.reason);
          return { skip: false };
        },
        next: () => new Promise(() => undefined),
        dial: async (target) => {
          if (target !== 'site.test:80')
            return { ok: false, status: 403, code: 'egress_denied', reason: 'not in this proof' };
          const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
          await once(socket, 'connect');
          return { ok: true, socket };
        },
      }),
    );
    void container.exited.then((report) => said.reject(new Error(report.stderr)));
    const seen = JSON.parse(await said.promise) as Seen;
    expect(seen).toMatchObject({ url: 'http://site.test/', runtimeError: null, capEff: '0000000000000000', flags: [] });
    expect(seen.performance).toBeGreaterThan(0);
    expect(asked).toContain('site.test/');
    expect(seen.rendererFilters.length, 'renderers').toBeGreaterThan(0);
    for (const filters of seen.rendererFilters)
      expect(filters, 'U10 a renderer has a filter of its own').toBeGreaterThan(seen.ownFilters);
    for (const depth of seen.rendererNamespaces)
      expect(depth, 'U10 a renderer has its own pid namespace').toBeGreaterThan(1);
    expect(seen.listening, 'only the proxy listens').toBe(1);
    expect(JSON.parse(store.objects.get('lighthouse/evidence/page/lhr.json')?.toString() ?? '{}')).toHaveProperty(
      'categories',
    );
  } finally {
    await pod.remove();
    server.close();
  }
});
