import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli, type CliRun, createHome, jobIds, leftovers, site, startCli } from './cli.ts';

let home: ReturnType<typeof createHome>;
let begun: CliRun[];
beforeEach(() => {
  home = createHome();
  begun = [];
});
afterEach(async () => {
  for (const run of begun) run.child.kill('SIGKILL');
  await Promise.all(begun.map((run) => run.done));
  home.dispose();
});

const start = (...args: string[]): CliRun => {
  const run = startCli(args, { home: home.path, env: { STAGEFLOW_PORT: '0' } });
  begun.push(run);
  return run;
};
const scan = (pages: number, ...more: string[]) =>
  start('scan', site('shop.zip'), '-m', 'axe,seo', '--max-pages', String(pages), ...more);

describe('a scan on a data folder that another one has', () => {
  it('runs on its engine and prints, writes and judges as it would alone', async () => {
    const first = scan(12);
    await first.line(/accepted/);
    const out = join(home.path, 'out');
    const second = scan(2, '--fail-on', 'serious', '-f', 'json,sarif', '-o', out);
    const [a, b] = await Promise.all([first.done, second.done]);
    expect(a.code, a.stderr).toBe(0);
    expect(b.code, b.stderr).toBe(1);
    expect(b.stderr).toMatch(/page scanned: http[^\n]+\n[^]*report written/);
    expect(b.stdout.trimEnd().split('\n').at(-1)).toMatch(/^not green \(exit 1\): .* Report: /);
    expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')).verdict.status).toBe('complete');
    expect(existsSync(join(out, 'report.sarif'))).toBe(true);
    expect(existsSync(join(out, 'axe/cells'))).toBe(true);
    expect(leftovers(home.path)).toEqual([]);
  });

  it('goes on by itself when that engine is killed, and loses nothing', async () => {
    const first = scan(12);
    await first.line(/accepted/);
    const second = scan(12);
    await second.line(/page scanned/);
    first.child.kill('SIGKILL');
    const result = await second.done;
    expect(result.code, result.stderr).toBe(0);
    expect(result.stderr).toContain('going on with what is missing');
    expect(result.stdout).toContain('12 of 12 pages scanned');
    const [newest = ''] = jobIds(home.path);
    const replayed = await cli(['replay', newest, '--check'], { home: home.path });
    expect(replayed.code, replayed.stderr).toBe(0);
  });

  it('is ended by Ctrl-C alone: the other one goes on', async () => {
    const first = scan(12);
    await first.line(/accepted/);
    const second = scan(12);
    await second.line(/archive unpacked/);
    second.child.kill('SIGINT');
    const [a, b] = await Promise.all([first.done, second.done]);
    expect(b.code, b.stderr).toBe(130);
    expect(b.stderr).toContain('[cancelled]');
    expect(a.code, a.stderr).toBe(0);
    expect(a.stdout).toContain('12 of 12 pages scanned');
  });
});

describe('a server', () => {
  it('runs the scans of its machine, and one that was on its way goes on when the server is back', async () => {
    const server = start('server');
    await server.line(/listens on/);
    const run = scan(12);
    await run.line(/page scanned/);
    server.child.kill('SIGKILL');
    await run.line(/waiting for it to come back/);
    const again = start('server');
    const result = await run.done;
    expect(result.code, result.stderr).toBe(0);
    expect(result.stdout).toContain('12 of 12 pages scanned');
    again.child.kill('SIGTERM');
    expect((await again.done).code).toBe(0);
    expect(leftovers(home.path)).toEqual([]);
  });
});

it('L11 a backup taken while a scan runs brings back the same report hashes, and the unfinished job can go on', async () => {
  const done = await scan(2).done;
  expect(done.code, done.stderr).toBe(0);
  const [ended = ''] = jobIds(home.path);
  const running = scan(12);
  await running.line(/page scanned/);
  const folder = join(home.path, 'backup');
  const backup = await cli(['backup', '-o', folder], { home: home.path });
  expect(backup.code, backup.stderr).toBe(0);
  const restored = createHome();
  try {
    const restore = await cli(['restore', folder], { home: restored.path });
    expect(restore.code, restore.stderr).toBe(0);
    const hash = (root: string) =>
      createHash('sha256')
        .update(readFileSync(join(root, 'store/scanner-artifacts', ended, 'report.json')))
        .digest('hex');
    expect(hash(restored.path)).toBe(hash(home.path));
    expect((await running.done).code).toBe(0);
    const resumed = await cli(['scan', '--resume'], { home: restored.path });
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stdout).toContain('12 of 12 pages scanned');
    expect(leftovers(restored.path)).toEqual([]);
  } finally {
    restored.dispose();
  }
});
