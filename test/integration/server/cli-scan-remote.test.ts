import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../engine/kernel/index.ts';
import { Report } from '../../../engine/report/index.ts';
import { buildProgram } from '../../../server/cli/program.ts';
import { type Listener, listen } from '../../../server/listen/listen.ts';
import { specOf } from '../../conformance/events.ts';
import { type CliRun, cli, site, startCli } from '../../e2e/cli.ts';
import { startTestServer, type TestServer } from './harness.ts';

let server: TestServer;
let listener: Listener;
let home: string;
let url: string;
let token: string;
let runs: CliRun[];

const listenOn = (port: number) => {
  const { config, log } = server.services;
  return listen({ app: server.app, config: { ...config, port }, clock: systemClock, log });
};
const open = async (pods: 'well' | 'frozen') => {
  server = await startTestServer({ pods });
  listener = await listenOn(0);
  url = `http://127.0.0.1:${listener.port}`;
  token = server.token(['read', 'submit']);
};
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'scan-remote-'));
  runs = [];
});
afterEach(async () => {
  for (const run of runs) run.child.kill('SIGKILL');
  await Promise.all(runs.map((run) => run.done));
  await listener.close(0);
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

const scan = (...args: string[]): CliRun => {
  const run = startCli(['scan', ...args, '--remote', url], { home, env: { STAGEFLOW_TOKEN: token } });
  runs.push(run);
  return run;
};

describe('a scan on a server', () => {
  it('of addresses shows what happens there, and writes and judges the report here', async () => {
    await open('well');
    const out = join(home, 'out');
    const { code, stderr, stdout } = await scan('https://shop.example', '-m', 'axe', '-f', 'json,sarif', '-o', out)
      .done;
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(
      /^job (\w+) accepted\n(page scanned: https:\/\/shop\.example[^\n]*\n)+[^]*report written\n$/,
    );
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^pass \(exit 0\): .* Report: .*out\/report\.json$/);
    const [job] = server.ledger.jobs({ limit: 5 });
    const report = Report.parse(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')));
    expect(report.job.id).toBe(job?.id);
    expect(job?.spec.modules.map(({ id }) => id)).toEqual(['axe']);
    expect(JSON.parse(readFileSync(join(out, 'report.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
    // Evidence lies beside it, under the keys that it names.
    for (const { key } of report.artifacts.filter(({ key: name }) => name.split('/').length > 2))
      expect(readFileSync(join(out, key.slice(report.job.id.length + 1))).length, key).toBeGreaterThan(0);
  });

  it.each([
    ['an archive', () => site('shop.zip')],
    [
      'a folder',
      () => {
        mkdirSync(join(home, 'dist'));
        writeFileSync(join(home, 'dist', 'index.html'), '<h1>hi</h1>');
        writeFileSync(join(home, 'dist', '.env'), 'SECRET=1');
        return join(home, 'dist');
      },
    ],
  ])('of %s sends it there, with the options that were chosen', async (what, path) => {
    await open('well');
    const chosen = ['-m', 'seo', '--max-pages', '3', '--label', 'Größe', '--fail-on', 'info', '--json'];
    const { code, stderr, stdout } = await scan(path(), ...chosen).done;
    expect([0, 1], stderr).toContain(code);
    expect(Report.parse(JSON.parse(stdout)).job.id).toMatch(/^\w{26}$/);
    const [job] = server.ledger.jobs({ limit: 5 });
    expect(job?.spec).toMatchObject({
      source: { kind: 'zip', filename: what === 'a folder' ? 'dist.zip' : 'shop.zip' },
      modules: [{ id: 'seo' }],
      pages: { max: 3 },
      label: 'Größe',
    });
    expect(/Left out: \.env\./.test(stderr)).toBe(what === 'a folder');
  });

  it('is cancelled there by Ctrl-C', async () => {
    await open('frozen');
    const run = scan('https://shop.example');
    await run.line(/accepted/);
    run.child.kill('SIGINT');
    const { code, stderr } = await run.done;
    expect(code, stderr).toBe(130);
    expect(stderr).toContain('[cancelled]');
    const [job] = server.ledger.jobs({ limit: 5 });
    expect(job).toMatchObject({ state: 'FAILED', failureCode: 'cancelled' });
  });

  it('that Ctrl-C stops while the archive is sent leaves no job and no archive there', async () => {
    await open('well');
    vi.stubEnv('STAGEFLOW_HOME', home);
    vi.stubEnv('STAGEFLOW_TOKEN', token);
    const run = buildProgram(AbortSignal.abort()).run(['scan', site('shop.zip'), '--remote', url]);
    expect(await run.finally(() => vi.unstubAllEnvs())).toBe(130);
    expect(server.ledger.jobs({ limit: 5 })).toEqual([]);
    const staged: string[] = [];
    for await (const { key } of server.engine.store.list('scanner-staging', '')) staged.push(key);
    expect(staged).toEqual([]);
  });

  it('goes on when the connection was lost, and misses nothing', async () => {
    await open('frozen');
    const run = scan('https://shop.example', '--progress', 'ndjson');
    await run.line(/READY_TO_SCAN|jobs\.events\.created/);
    const { port } = listener;
    await listener.close(0);
    await run.line(/trying again/);
    listener = await listenOn(port);
    const [job] = server.ledger.jobs({ limit: 5 });
    await server.engine.cancel(job?.id ?? '');
    const { code, stderr } = await run.done;
    expect(code, stderr).toBe(130);
    const seqs = stderr
      .split('\n')
      .flatMap((line) => (line.includes('"seq"') ? [(JSON.parse(line) as { seq: number }).seq] : []));
    expect(seqs).toEqual(server.ledger.events(job?.id ?? '').map(({ seq }) => seq));
  });

  it('is gone on with there: a whole report is written once more, without another job', async () => {
    await open('well');
    const job = server.engine.submit({ spec: specOf('urls'), owner: 'team' });
    await server.engine.ended(job);
    const { code, stderr } = await scan('--resume', job, '-o', join(home, 'out')).done;
    expect(code, stderr).toBe(0);
    expect(Report.parse(JSON.parse(readFileSync(join(home, 'out', 'report.json'), 'utf8'))).job.id).toBe(job);
    expect(server.ledger.jobs({ limit: 5 })).toHaveLength(1);
  });

  it('is gone on with there: the last one that was cancelled, by a new job', async () => {
    await open('frozen');
    const job = server.engine.submit({ spec: specOf('urls'), owner: 'team' });
    await server.engine.cancel(job);
    const run = scan('--resume');
    const made = (await run.line(/accepted/)).split(' ')[1] ?? '';
    expect(server.ledger.job(made)).toMatchObject({ parent: job });
    await server.engine.cancel(made);
    expect((await run.done).code).toBe(130);
  });

  it.each<[string, string[], number, string]>([
    ['a wrong token', ['https://shop.example'], 2, '[unauthenticated]'],
    ['a host of its own network', ['http://localhost:3000', '--allow-host', 'localhost:3000'], 2, '[forbidden]'],
    ['plain processes', ['https://shop.example', '--isolation', 'process'], 2, '[bad_option]'],
    ['a login for an archive', [site('shop.zip'), '--header', 'x: y'], 2, '[usage]'],
  ])('is refused for %s', async (what, args, code, said) => {
    await open('well');
    if (what === 'a wrong token') token = 'sf_wrong';
    const result = await scan(...args).done;
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(said)]);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect(server.ledger.jobs({ limit: 5 })).toEqual([]);
  });

  it('says so when nobody is there', async () => {
    await open('well');
    const result = await cli(['scan', site('shop.zip'), '--remote', 'http://127.0.0.1:1'], { home });
    expect([result.code, result.stderr]).toEqual([5, expect.stringContaining('[remote_unreachable]')]);
  });
});
