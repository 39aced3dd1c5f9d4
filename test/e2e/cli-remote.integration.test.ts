import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Report } from '../../engine/report/index.ts';
import { type CliRun, cli, createHome, leftovers, site, startCli } from './cli.ts';

const there = createHome();
const here = createHome();
let server: CliRun;
let begun: CliRun[] = [];
let origin: string;

beforeAll(async () => {
  server = startCli(['server'], { home: there.path, env: { STAGEFLOW_PORT: '0' } });
  origin = /http:\/\/\S+/.exec(await server.line(/^Stageflow listens on /))?.[0] ?? '';
  const token = (await server.line(/\/signin#sf_/)).split('#')[1] ?? '';
  const added = await cli(['remote', 'add', 'team', origin], { home: here.path, env: { STAGEFLOW_TOKEN: token } });
  expect(added.code, added.stderr).toBe(0);
});
afterAll(async () => {
  for (const run of [...begun, server]) if (run.child.exitCode === null) run.child.kill('SIGKILL');
  await Promise.all([...begun, server].map((run) => run.done));
  there.dispose();
  here.dispose();
});

const scan = (pages: number, ...more: string[]): CliRun => {
  const args = ['scan', site('shop.zip'), '-m', 'axe,seo', '--max-pages', String(pages), ...more];
  const run = startCli(args, { home: here.path });
  begun = [...begun, run];
  return run;
};

/** What a report found, whoever made it. */
const foundIn = (report: Report) =>
  report.findings
    .map(({ fingerprint, severity, occurrencesTotal }) => [fingerprint, severity, occurrencesTotal])
    .sort();

it('a scan on a server finds, writes and judges what one of this machine does', async () => {
  const out = (name: string) => join(here.path, name);
  const gate = ['--fail-on', 'serious', '-f', 'json,html,junit', '-o'];
  const remote = await scan(2, '--remote', 'team', ...gate, out('remote')).done;
  const local = await scan(2, ...gate, out('local')).done;
  expect([remote.code, local.code], remote.stderr + local.stderr).toEqual([1, 1]);
  expect(remote.stdout.trimEnd().split('\n').at(-1)).toMatch(
    /^not green \(exit 1\): .* Report: .*remote\/report\.html$/,
  );
  const [a, b] = ['remote', 'local'].map((name) =>
    Report.parse(JSON.parse(readFileSync(join(out(name), 'report.json'), 'utf8'))),
  );
  expect(a && foundIn(a)).toEqual(b && foundIn(b));
  expect(a?.verdict.status).toBe('complete');
  const missing = (a?.artifacts ?? [])
    .map(({ key }) => key.slice((a?.job.id.length ?? 0) + 1))
    .filter((path) => path.includes('/') && !existsSync(join(out('remote'), path)));
  expect(missing).toEqual([]);
  for (const name of ['report.html', 'report.junit.xml'])
    expect(existsSync(join(out('remote'), name)), name).toBe(true);
});

it('Ctrl-C ends it there, what was found stays, and --resume goes on with the rest', async () => {
  const run = scan(12, '--remote', 'team');
  await run.line(/page scanned/);
  run.child.kill('SIGINT');
  const stopped = await run.done;
  expect(stopped.code, stopped.stderr).toBe(130);
  const job = /job (\w+) accepted/.exec(stopped.stderr)?.[1] ?? '';
  expect(stopped.stdout).toContain(`Go on with: ./stageflow scan --remote team --resume ${job}`);
  const shown = await cli(['jobs', 'show', job, '--remote', 'team', '--json'], { home: here.path });
  expect(JSON.parse(shown.stdout)).toMatchObject({ state: 'FAILED', failure: { code: 'cancelled' } });
  const resumed = await cli(['scan', '--remote', 'team', '--resume', job], { home: here.path });
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(resumed.stdout).toContain('12 of 12 pages scanned');
  server.child.kill('SIGTERM');
  expect((await server.done).code).toBe(0);
  expect(leftovers(there.path)).toEqual([]);
});
