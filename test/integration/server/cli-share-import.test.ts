import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { asStageflowError, systemClock } from '../../../engine/kernel/index.ts';
import { explain } from '../../../server/cli/explain.ts';
import { buildProgram } from '../../../server/cli/program.ts';
import { previewLines } from '../../../server/cli/share.ts';
import { type Listener, listen } from '../../../server/listen/listen.ts';
import { specOf } from '../../conformance/events.ts';
import { startTestServer, type TestServer } from './harness.ts';
import { PLANTED, storeSharedJob } from './shared-job.ts';

let server: TestServer;
let listener: Listener;
let home: string;
let job: string;
let shared: string;
let url: string;

beforeAll(async () => {
  server = await startTestServer();
  const { config, log } = server.services;
  listener = await listen({ app: server.app, config: { ...config, port: 0 }, clock: systemClock, log });
  url = `http://127.0.0.1:${listener.port}`;
  job = server.engine.submit({ spec: specOf('urls'), owner: 'team' });
  await server.engine.ended(job);
  shared = await storeSharedJob(server);
  home = mkdtempSync(join(tmpdir(), 'share-import-'));
  vi.stubEnv('STAGEFLOW_HOME', join(home, 'data'));
  vi.stubEnv('STAGEFLOW_TOKEN', server.token(['read', 'submit']));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await listener.close(0);
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

/** Runs a command in this process; what it wrote, and how it ended. */
async function run(...args: string[]): Promise<{ exit: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += String(text);
      return true;
    }),
  );
  try {
    const exit = await buildProgram(new AbortController().signal).run(args);
    return { exit, ...said };
  } catch (thrown) {
    const error = asStageflowError(thrown);
    return { exit: error.row.exit, ...said, stderr: said.stderr + explain(error, false) };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe('share', () => {
  const shares = () => server.ledger.service.shares.ofJob(shared).length;

  it('says what strangers will see, what is masked and what is held back, before it makes the link', async () => {
    const { exit, stdout, stderr } = await run('share', shared, '--remote', url);
    expect(exit, stderr).toBe(0);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/s\/[\w-]{22,}\n$/);
    expect(stderr).toMatch(
      /^Anyone with the link will see 1 page, 1 finding with 1 snippet of markup, 1 screenshot and 1 crop\.\n/,
    );
    expect(stderr).toMatch(
      /Not given: 1 har file, \d raw files, 1 traces file, 1 transcripts file\.\nMasked in the report: /,
    );
    expect(stderr).toMatch(/Screenshots and crops are shown as they are/);
    for (const secret of Object.values(PLANTED)) expect(stdout + stderr).not.toContain(secret);
  });

  it('--list names the links to a job, --revoke takes one back, and the list says so', async () => {
    const made = JSON.parse((await run('share', shared, '--label', 'for Ann', '--json', '--remote', url)).stdout) as {
      id: string;
      url: string;
    };
    const line = async () =>
      (await run('share', shared, '--list', '--remote', url)).stdout.split('\n').find((row) => row.startsWith(made.id));
    expect(await line()).toMatch(/ live .* for Ann$/);
    expect(await line()).not.toContain(made.url.split('/s/')[1]);
    const { exit, stdout } = await run('share', made.id, '--revoke', '--remote', url);
    expect([exit, stdout]).toEqual([0, expect.stringContaining('is taken back')]);
    expect(await line()).toMatch(/ revoked /);
    expect((await fetch(made.url)).status).toBe(404);
    expect((await run('share', 'shr_none', '--revoke', '--remote', url)).exit).toBe(2);
  });

  it('--plain asks for a plain link, says first that nothing in it is masked, and is refused where there is no object store', async () => {
    const { exit, stdout, stderr } = await run('share', shared, '--plain', '--remote', url);
    expect([exit !== 0, stdout]).toEqual([true, '']);
    expect(stderr).toMatch(/^A plain link opens report\.html .* nothing in it is masked[^]*no_plain_links/);
  });

  it('--preview makes no link', async () => {
    const before = shares();
    const { exit, stdout } = await run('share', shared, '--preview', '--remote', url);
    expect([exit, stdout]).toEqual([0, expect.stringMatching(/^Anyone with the link will see/)]);
    const json = await run('share', shared, '--preview', '--json', '--remote', url);
    expect(JSON.parse(json.stdout)).toMatchObject({ pages: 1, findings: 1 });
    expect(shares()).toBe(before);
  });

  it('--include gives what it names, and refuses what it does not know', async () => {
    const given = await run('share', shared, '--include', 'har,traces', '--json', '--remote', url);
    const made = JSON.parse(given.stdout) as { id: string; preview: { pages: number } };
    expect(made.preview.pages).toBe(1);
    expect(given.stderr).toContain('Given as they are: 1 har file, 1 traces file.');
    const row = server.ledger.service.shares.byId(made.id);
    expect(JSON.parse(row?.settings ?? '')).toMatchObject({ include: { har: true, raw: false, traces: true } });
    const refused = await run('share', shared, '--include', 'secrets', '--remote', url);
    expect([refused.exit, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/har, raw, traces, transcripts.*\[bad_option\]/),
    ]);
  });

  it('a job without a report is refused before a link is made', async () => {
    const { exit, stderr } = await run('share', '01aaaaaaaaaaaaaaaaaaaaaaaa', '--remote', url);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('[not_found]')]);
  });

  it('says so when nothing is masked and nothing held back', () => {
    const nothing = {
      pages: 2,
      findings: 0,
      screenshots: 2,
      crops: 0,
      snippets: 0,
      classes: [],
      redactions: [],
      notes: [],
    };
    expect(previewLines(nothing, {})).toEqual([
      'Anyone with the link will see 2 pages, 0 findings with 0 snippets of markup, 2 screenshots and 0 crops.',
      'Nothing in the report had to be masked.',
    ]);
  });
});

describe('jobs', () => {
  it('pause and resume a job, and scan one cell of an ended one again', async () => {
    const frozen = await startTestServer({ pods: 'frozen' });
    const { config, log } = frozen.services;
    const there = await listen({ app: frozen.app, config: { ...config, port: 0 }, clock: systemClock, log });
    try {
      vi.stubEnv('STAGEFLOW_TOKEN', frozen.token(['read', 'submit']));
      const at = `http://127.0.0.1:${there.port}`;
      const running = frozen.engine.submit({ spec: specOf('urls'), owner: 'team' });
      expect((await run('jobs', 'pause', running, '--remote', at)).stdout).toContain('rests');
      expect(frozen.engine.paused(running)).toBe(true);
      expect((await run('jobs', 'resume', running, '--remote', at)).stdout).toContain('goes on');
      expect(frozen.engine.paused(running)).toBe(false);
    } finally {
      vi.stubEnv('STAGEFLOW_TOKEN', server.token(['read', 'submit']));
      await there.close(0);
      await frozen.close();
    }
    const [cell] = server.ledger.cells(job);
    const which = `${cell?.pageId}/${cell?.scanner}`;
    const { exit, stdout, stderr } = await run('jobs', 'retry', job, '--cell', which, '--remote', url);
    expect(exit, stderr).toBe(0);
    const child = server.ledger.job(stdout.split(' ')[0] ?? '');
    expect(child).toMatchObject({ parent: job, spec: { anew: [{ pageId: cell?.pageId, scanner: cell?.scanner }] } });
    expect((await run('jobs', 'retry', job, '--cell', 'nowhere', '--remote', url)).exit).toBe(2);
  });
});

describe('import', () => {
  const file = () => join(home, 'job.tar');
  const data = () => join(home, 'data');

  it('takes a job that a server gave into a data folder that was not there, whole', async () => {
    expect((await run('export', job, '-o', file(), '--remote', url)).exit).toBe(0);
    const { exit, stdout, stderr } = await run('import', file());
    expect(exit, stderr).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^${job} \\(DONE\\) is in .*data\\. Look at it with: ./stageflow jobs show ${job}\n$`),
    );
    const replayed = await run('replay', job, '--check');
    expect(replayed.exit, replayed.stderr).toBe(0);
    const report = JSON.parse((await run('report', job, '--json')).stdout) as { job: { id: string } };
    expect(report.job.id).toBe(job);
    expect(existsSync(join(data(), 'engine.lock'))).toBe(false);
  });

  it('refuses a job that is here already, and takes it once it was removed', async () => {
    const twice = await run('import', file());
    expect([twice.exit, twice.stderr]).toEqual([2, expect.stringContaining('[job_exists]')]);
    expect((await run('jobs', 'rm', job)).exit).toBe(0);
    expect(JSON.parse((await run('import', file(), '--json')).stdout)).toEqual({ id: job, state: 'DONE' });
  });

  it('sends it to a server, under the name of whose token it is', async () => {
    expect((await run('jobs', 'rm', job, '--remote', url)).exit).toBe(0);
    const { exit, stdout, stderr } = await run('import', file(), '--remote', url);
    expect([exit, stdout], stderr).toEqual([0, expect.stringContaining(`is in ${url}.`)]);
    expect(server.ledger.service.owners.tenantOf(job)).toBe('team');
  });

  it.each<[string, () => string, string]>([
    ['of a bundle that was changed', () => damaged(), '[bundle_refused]'],
    ['of half a bundle', () => half(), '[bundle_refused]'],
    ['of something else', () => other(), '[bundle_refused]'],
    ['of a file that is not there', () => join(home, 'gone.tar'), '[file_not_found]'],
    ['of a folder', () => home, '[bundle_refused]'],
  ])('keeps nothing %s', async (_, path, code) => {
    await run('jobs', 'rm', job);
    const { exit, stderr } = await run('import', path());
    expect([exit, stderr]).toEqual([2, expect.stringContaining(code)]);
    expect((await run('jobs', 'show', job)).stderr).toContain('[job_not_found]');
    const left = readdirSync(join(data(), 'store/scanner-artifacts'), { recursive: true });
    expect(left.filter((name) => String(name).includes(job))).toEqual([]);
  });

  const write = (name: string, bytes: Buffer | string) => {
    writeFileSync(join(home, name), bytes);
    return join(home, name);
  };
  const other = () => write('other.tar', 'no bundle at all');
  const half = () => {
    const bytes = readFileSync(file());
    return write('half.tar', bytes.subarray(0, bytes.length / 2));
  };
  const damaged = () => {
    const bytes = readFileSync(file());
    const at = bytes.indexOf('"verdict"');
    bytes.write('"Verdict"', at);
    return write('damaged.tar', bytes);
  };
});
