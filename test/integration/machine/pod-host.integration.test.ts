import { Readable } from 'node:stream';
import { beforeAll, expect, it } from 'vitest';
import { podmanHost, runCommand } from '../../../engine/pod/host/index.ts';
import type { PodmanHost } from '../../../engine/pod/host/index.ts';
import { ensureImage } from '../../../engine/pod/image/index.ts';
import { prepareMachine } from '../../../engine/pod/preflight/index.ts';

let host: PodmanHost;
let image: string;

beforeAll(async () => {
  host = await podmanHost();
  image = await ensureImage(host);
}, 900_000);

const locked = () => {
  const network = '--init --log-driver none --network none --read-only --read-only-tmpfs=false --cap-drop all';
  const security = `--security-opt no-new-privileges --security-opt seccomp=${host.seccompProfile}`;
  return `run -i --rm ${network} --tmpfs /tmp:rw,nosuid,nodev,noexec,size=512m,mode=1777 ${security} ${image}`.split(
    ' ',
  );
};

/** Runs a module inside a locked container and gives back the JSON that it prints. */
async function inside(code: string): Promise<unknown> {
  const command = host.command([...locked(), 'node', '--input-type=module', '-']);
  const done = await runCommand(command, { input: Readable.from([Buffer.from(code)]), timeoutMs: 120_000 });
  expect(done.stderr).toBe('');
  return JSON.parse(done.stdout);
}

it('U10 runs Chromium with its own sandbox on: renderers have a second filter and a user namespace of their own', async () => {
  const seen = (await inside(`
    import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
    const { chromium } = await import('/app/node_modules/playwright-core/index.mjs');
    const browser = await chromium.launch({ executablePath: '/usr/lib/chromium/chromium', chromiumSandbox: true, timeout: 60000 });
    const page = await browser.newPage();
    await page.setContent('<title>render me</title><p>Hello</p>');
    const of = (pid, name) => readFileSync('/proc/' + pid + '/status', 'utf8').match(new RegExp('^' + name + ':\\\\s*(\\\\S+)', 'm'))[1];
    const commands = readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).map((pid) => ({ pid, line: readFileSync('/proc/' + pid + '/cmdline', 'utf8') }));
    const renderers = commands.filter(({ line }) => line.includes('--type=renderer')).map(({ pid }) => ({
      mode: of(pid, 'Seccomp'), filters: Number(of(pid, 'Seccomp_filters')), effective: of(pid, 'CapEff'),
      apart: readlinkSync('/proc/' + pid + '/ns/user') !== readlinkSync('/proc/self/ns/user') }));
    console.log(JSON.stringify({ title: await page.title(), renderers, own: Number(of('self', 'Seccomp_filters')),
      unsafe: commands.some(({ line }) => line.includes('no-sandbox')) }));
    await browser.close();
  `)) as {
    title: string;
    own: number;
    unsafe: boolean;
    renderers: { mode: string; filters: number; effective: string; apart: boolean }[];
  };
  expect(seen.title).toBe('render me');
  expect(seen.unsafe).toBe(false);
  expect(seen.renderers.length).toBeGreaterThan(0);
  for (const renderer of seen.renderers) {
    expect(renderer).toEqual({ mode: '2', filters: seen.own + 1, effective: '0000000000000000', apart: true });
  }
});

it('U13 gives a container no capability, no network, no writable root and no way to gain rights', async () => {
  const seen = await inside(`
    import { execFileSync } from 'node:child_process';
    import { networkInterfaces } from 'node:os';
    import { readFileSync, writeFileSync } from 'node:fs';
    const status = readFileSync('/proc/self/status', 'utf8');
    const field = (name) => status.match(new RegExp('^' + name + ':\\\\s*(\\\\S+)', 'm'))[1];
    const attempt = (work) => { try { work(); return 'done'; } catch (error) { return error.code ?? 'failed'; } };
    const setuid = execFileSync('sh', ['-c', 'find / -xdev -type f -perm /6000; true'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    console.log(JSON.stringify({ uid: process.getuid(), bounding: field('CapBnd'), effective: field('CapEff'), nnp: field('NoNewPrivs'),
      networks: Object.keys(networkInterfaces()), root: attempt(() => writeFileSync('/app/x', '')), tmp: attempt(() => writeFileSync('/tmp/x', '')), setuid,
      secrets: Object.keys(process.env).filter((name) => /TOKEN|SECRET|KEY|STAGEFLOW|PROXY/i.test(name)) }));
  `);
  expect(seen).toEqual({
    uid: 1000,
    bounding: '0000000000000000',
    effective: '0000000000000000',
    nnp: '1',
    networks: ['lo'],
    root: 'EROFS',
    tmp: 'done',
    setuid: '',
    secrets: [],
  });
});

it('is rootless: the container’s user is an account on the host that owns nothing', async () => {
  const info = await runCommand(host.command(['info', '--format', '{{.Host.Security.Rootless}}']));
  expect(info.stdout.trim()).toBe('true');
  const map = await runCommand(host.command([...locked(), 'cat', '/proc/self/uid_map']));
  const first = map.stdout.trim().split('\n')[0]?.trim().split(/\s+/).map(Number);
  expect(first?.[1]).not.toBe(0);
});

it('runs the scanners’ TypeScript from links, with the fonts that pages ask for', async () => {
  const seen = await inside(`
    import { execFileSync } from 'node:child_process';
    const sdk = await import('/app/node_modules/@stageflow/engine/scanner/index.ts');
    const font = (name) => execFileSync('fc-match', ['-f', '%{family[0]}', name], { encoding: 'utf8' });
    console.log(JSON.stringify({ sdk: Object.keys(sdk).length > 5, sans: font('sans-serif'), mono: font('monospace'), cjk: font('Noto Sans CJK JP'), emoji: font('emoji') }));
  `);
  expect(seen).toEqual({
    sdk: true,
    sans: 'Liberation Sans',
    mono: 'Liberation Mono',
    cjk: 'Noto Sans CJK JP',
    emoji: 'Noto Color Emoji',
  });
});

it('starts programs from what Node compiled when the image was made', async () => {
  const code = "await import('/app/scanners/runtime/runner/run.ts'); process.exit()";
  const watched = ['env', 'NODE_DEBUG_NATIVE=COMPILE_CACHE', 'node', '--input-type=module', '--eval', code];
  const { stderr } = await runCommand(host.command([...locked(), ...watched]), { timeoutMs: 120_000 });
  const looked = stderr.split('\n').filter((line) => line.includes('reading cache from') && /\/app\/\w/.test(line));
  expect(looked.length, stderr.slice(0, 1000)).toBeGreaterThan(100);
  expect(looked.filter((line) => !line.includes('success'))).toEqual([]);
  expect(stderr).not.toContain('rejected');
});

it('finds a ready machine ready in under half a second, saying nothing', async () => {
  const said: string[] = [];
  await prepareMachine({ say: () => undefined, isolation: 'pod' });
  const started = performance.now();
  await prepareMachine({ say: (line) => said.push(line), isolation: 'pod' });
  expect(performance.now() - started).toBeLessThan(500);
  expect(said).toEqual([]);
});
