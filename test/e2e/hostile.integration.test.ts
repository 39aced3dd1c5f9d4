import { readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { podmanHost, runCommand } from '../../engine/pod/host/index.ts';
import { createHome, leftovers } from './cli.ts';
import { serveSite, type SiteServer } from './site-server.ts';
import { type Canary, startCanary } from './support/canary.ts';
import { contents, readReport, scan, temporaryFolder } from './support/scan.ts';

/** A page that tries every way a browser knows to reach the given port of this machine. */
function hostilePage(port: number): string {
  const own = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
  const hosts = ['127.0.0.1', 'localhost', 'canary.localhost', '0.0.0.0', '2130706433', '[::1]', '[::ffff:127.0.0.1]'];
  const all = [...hosts, ...(own === undefined ? [] : [own])].map((host) => `${host}:${port}`);
  const first = all[0] ?? '';
  const each = (text: (host: string, n: number) => string) => all.map(text).join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A hostile page</title>
<link rel="dns-prefetch" href="//leak.canary.invalid">
${each((host) => `<link rel="preconnect" href="http://${host}"><link rel="prefetch" href="http://${host}/prefetch"><link rel="preload" as="image" href="http://${host}/preload">`)}
<link rel="stylesheet" href="http://${first}/style.css"><link rel="icon" href="http://${first}/icon.png"><link rel="manifest" href="http://${first}/manifest.json">
<script type="speculationrules">{"prefetch":[{"urls":["http://${first}/speculate"]}],"prerender":[{"urls":["http://${first}/prerender"]}]}</script>
<style>@import url(http://${first}/import.css); @font-face { font-family: x; src: url(http://${first}/font.woff2); } h1 { font-family: x; background: url(http://${first}/background.png); }</style>
</head><body><main><h1>Hello</h1>
${each((host) => `<img alt="" src="http://${host}/image.png"><iframe title="frame" src="http://${host}/frame"></iframe>`)}
<object data="http://${first}/object"></object><embed src="http://${first}/embed"><video src="http://${first}/video" autoplay muted></video>
<svg><use href="http://${first}/sprite.svg#a"></use></svg><img alt="" src="http://169.254.169.254/latest/meta-data/"><img alt="" src="http://metadata.google.internal/">
<form id="form" target="sink" method="post" action="http://${first}/form"><input name="a" value="b"></form><iframe title="sink" name="sink"></iframe>
<p><a ping="http://${first}/ping" href="/second.html">Second</a></p></main>
<script>
const hosts = ${JSON.stringify(all)};
const quietly = (act) => { try { const r = act(); if (r && r.catch) r.catch(() => {}); } catch {} };
const worker = (code) => URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
for (const host of hosts) {
  quietly(() => fetch('http://' + host + '/fetch', { mode: 'no-cors' }));
  quietly(() => fetch('https://' + host + '/fetch', { mode: 'no-cors' }));
  quietly(() => navigator.sendBeacon('http://' + host + '/beacon', 'x'));
  quietly(() => new WebSocket('ws://' + host + '/socket'));
  quietly(() => new WebSocket('wss://' + host + '/socket'));
  quietly(() => new EventSource('http://' + host + '/events'));
  quietly(() => new Worker(worker("fetch('http://" + host + "/worker',{mode:'no-cors'}).catch(()=>{});new WebSocket('ws://" + host + "/worker')")));
  quietly(() => new SharedWorker(worker("fetch('http://" + host + "/shared',{mode:'no-cors'}).catch(()=>{})")));
  quietly(() => new WebTransport('https://' + host + '/transport').ready);
}
quietly(() => navigator.serviceWorker.register('/worker.js'));
quietly(() => {
  const peer = new RTCPeerConnection({ iceServers: [{ urls: hosts.slice(0, 3).flatMap((host) => ['stun:' + host, 'turn:' + host + '?transport=udp', 'turn:' + host + '?transport=tcp']), username: 'u', credential: 'c' }] });
  peer.createDataChannel('x');
  return peer.createOffer().then((offer) => peer.setLocalDescription(offer));
});
quietly(() => document.getElementById('form').submit());
quietly(() => document.querySelector('a').click && open('http://' + hosts[0] + '/popup'));
</script></body></html>`;
}
const SERVICE_WORKER = (port: number) => `fetch('http://127.0.0.1:${port}/sw', { mode: 'no-cors' }).catch(() => {});`;
const SECOND =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The second page</title></head><body><main><h1>Second</h1></main></body></html>';

const home = createHome();
const folder = temporaryFolder();
let canary: Canary;
let site: SiteServer;

beforeAll(async () => {
  canary = await startCanary();
  const files = {
    'index.html': hostilePage(canary.port),
    'second.html': SECOND,
    'worker.js': SERVICE_WORKER(canary.port),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, name), text);
  site = await serveSite(new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])));
});
afterAll(async () => {
  await Promise.all([canary.close(), site.close()]);
  folder.dispose();
  home.dispose();
});

/** Interfaces of a container's network, read from outside it. */
async function interfacesOf(container: string): Promise<string[]> {
  const host = await podmanHost();
  const result = await runCommand(host.command(['inspect', '--format', '{{.State.Pid}}', container]), {
    timeoutMs: 20_000,
  });
  const table = readFileSync(`/proc/${result.stdout.trim()}/net/dev`, 'utf8').split('\n').slice(2);
  const routes = readFileSync(`/proc/${result.stdout.trim()}/net/route`, 'utf8').trim().split('\n').slice(1);
  return [...table.flatMap((line) => /^\s*(\S+):/.exec(line)?.[1] ?? []), ...routes];
}

describe('a hostile page', () => {
  it('E10 E11 in a build reaches nothing: no connection arrives and its network has nothing but loopback', async () => {
    const networks: Promise<string[]>[] = [];
    const {
      code,
      report,
      stderr,
      folder: out,
    } = await scan([folder.path, '-m', 'axe,security-headers'], {
      home: home.path,
      onLine: (line) => {
        const jobId = /scan\.events\.page\.visited.*"jobId":"([0-9a-z]{26})"/.exec(line)?.[1];
        if (jobId !== undefined && networks.length === 0)
          for (const role of ['runner', 'extractor']) networks.push(interfacesOf(`stageflow-${jobId}-1-${role}`));
      },
    });
    expect(await Promise.all(networks)).toEqual([['lo'], ['lo']]);
    expect(canary.reached).toEqual([]);
    expect(code, stderr.slice(-2000)).toBe(0);
    // It did try: what was refused is named.
    expect(report.coverage.blockedHosts.map((row) => row.host)).toEqual(
      expect.arrayContaining([`127.0.0.1:${canary.port}`, `canary.localhost:${canary.port}`, '169.254.169.254']),
    );
    expect(readReport(out).job.id).toBe(report.job.id);
    expect(leftovers(home.path)).toEqual([]);
  });

  it('E10 on a live site reaches its own host and no other', async () => {
    const { code, report, stderr } = await scan(
      [site.origin, '--allow-host', site.host, '-m', 'axe,security-headers', '--no-sitemap', '--no-robots'],
      { home: home.path },
    );
    expect(canary.reached).toEqual([]);
    expect(code, stderr.slice(-3000)).toBe(0);
    expect(site.asked).toEqual(expect.arrayContaining(['/', '/second.html']));
    const provenance = [...contents(home.path)].find(({ path }) => path.endsWith(`${report.job.id}/provenance.json`));
    const { attempts } = JSON.parse(provenance?.text ?? '{}') as {
      attempts: { egress: { host: string; port: number; outcome: string; address: string | null }[] }[];
    };
    const egress = attempts.flatMap((attempt) => attempt.egress);
    const dialled = egress.filter((row) => row.address !== null).map((row) => `${row.host}:${row.port}`);
    expect([...new Set(dialled)]).toEqual([site.host]);
    expect(egress.length).toBeGreaterThan(dialled.length);
    expect(leftovers(home.path)).toEqual([]);
  });
});
