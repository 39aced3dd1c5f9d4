import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { nextState } from '../../engine/fsm/index.ts';
import { systemClock } from '../../engine/kernel/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';
import { zip } from '../security/archives/zip-writer.ts';
import { type CliRun, createHome, jobIds, leftovers, processes, startCli } from './cli.ts';
import { serveSite, type SiteServer } from './site-server.ts';
import { readReport, scan } from './support/scan.ts';

const PAGES = 8;
const page = (n: number) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page number ${n}</title></head><body><main><h1>Page ${n}</h1><p><a href="/page${n + 1}.html">Next page after ${n}</a></p></main></body></html>`;

const home = createHome();
let site: SiteServer;

beforeAll(async () => {
  site = await serveSite(
    new Map(Array.from({ length: PAGES }, (_, n) => [n === 0 ? 'index.html' : `page${n}.html`, Buffer.from(page(n))])),
  );
});
afterAll(async () => {
  await site.close();
  home.dispose();
});

/** The newest job as the ledger has it, and the types of its events. */
function newestJob(): { readonly state: string; readonly code: string | null; readonly told: readonly string[] } {
  const ledger = openLedger({ path: join(home.path, 'ledger.db'), clock: systemClock, nextState });
  const [job] = ledger.jobs();
  const told = ledger.events(job?.id ?? '').map(({ type }) => type);
  ledger.close();
  return { state: job?.state ?? '', code: job?.failureCode ?? null, told };
}

/** Presses Ctrl-C on a job that is in a state: it ends as cancelled in time, with no pod. */
async function cancelIn(state: string, run: CliRun): Promise<void> {
  expect(newestJob().state).toBe(state);
  const pressed = performance.now();
  run.child.kill('SIGINT');
  const { code, stderr } = await run.done;
  expect(performance.now() - pressed).toBeLessThan(15_000);
  expect(code, stderr.slice(-2000)).toBe(130);
  expect(newestJob()).toMatchObject({ state: 'FAILED', code: 'cancelled' });
  expect(leftovers(home.path)).toEqual([]);
}

describe('a scan under control', () => {
  it('S13 ends on Ctrl-C with an incomplete report and no pod, and resumes without scanning anything twice', async () => {
    const allow = ['--allow-host', site.host, '-m', 'axe,security-headers', '--max-pages', String(PAGES)];
    const out = join(home.path, 'cancelled');
    mkdirSync(out);
    const run = startCli(['scan', site.origin, ...allow, '-o', out, '--progress', 'ndjson'], { home: home.path });
    await run.line(/scan\.events\.page\.discovered/);
    await run.line(/scan\.events\.page\.completed/);
    const pressed = performance.now();
    run.child.kill('SIGINT');
    const cancelled = await run.done;
    expect(performance.now() - pressed).toBeLessThan(15_000);
    expect(cancelled.code, cancelled.stderr.slice(-2000)).toBe(130);
    expect(readReport(out).verdict.status).toBe('incomplete');
    expect(leftovers(home.path)).toEqual([]);

    const resumed = await scan(['--resume'], { home: home.path, env: { STAGEFLOW_LOG: 'debug' } });
    expect(resumed.code, resumed.stderr.slice(-2000)).toBe(0);
    expect(resumed.report.verdict.status).toBe('complete');
    const ledger = openLedger({ path: join(home.path, 'ledger.db'), clock: systemClock, nextState });
    const [newer, older] = ledger.jobs();
    const cellsOf = (jobId = '') =>
      ledger.events(jobId).flatMap((event) => (event.type === 'scan.events.cell.completed' ? [event.data] : []));
    const before = cellsOf(older?.id);
    const after = cellsOf(newer?.id);
    ledger.close();
    expect(newer?.spec.parent).toBe(older?.id);
    expect(before.length).toBeGreaterThan(0);
    const adopted = after.filter((cell) => cell.adoptedFrom === older?.id);
    const name = (cell: (typeof after)[number]) => `${cell.pageId}/${cell.scanner}`;
    expect(adopted.map(name).toSorted()).toEqual(before.map(name).toSorted());
    expect(after).toHaveLength(PAGES * 2 + 1);
    const handedOut = resumed.stderr
      .split('\n')
      .filter((line) => line.includes('"work handed out"'))
      .flatMap((line) => (JSON.parse(line) as { cells: string[] }).cells);
    expect(handedOut.filter((cell) => adopted.map(name).includes(cell))).toEqual([]);
  });

  it('S13 ends on Ctrl-C while its archive is being unpacked', async () => {
    // Thousands of files take seconds to unpack, which the scan never comes to.
    const archive = join(home.path, 'many.zip');
    const files = Array.from({ length: 30_000 }, (_, n) => ({
      name: `${n % 100}/page${n}.html`,
      data: 'x',
      method: 0,
    }));
    writeFileSync(archive, zip([{ name: 'index.html', data: page(0) }, ...files]));
    const run = startCli(['scan', archive, '-m', 'axe', '--progress', 'ndjson'], { home: home.path });
    await run.line(/"jobs\.events\.created"/);
    const extractor = new RegExp(`conmon .* -n stageflow-${jobIds(home.path)[0]}-1-extractor `);
    await vi.waitUntil(() => processes(extractor).length > 0, { timeout: 60_000, interval: 20 });
    await cancelIn('EXTRACTING', run);
    expect(newestJob().told).not.toContain('extraction.events.ready');
  });

  it('S13 ends on Ctrl-C while its report is being stored', async () => {
    const what = [site.origin, '--allow-host', site.host, '-m', 'security-headers', '--max-pages', '1'];
    const log = { STAGEFLOW_LOG: 'debug' };
    const run = startCli(['scan', ...what, '--progress', 'ndjson'], { home: home.path, env: log });
    await run.line(/scan\.events\.page\.discovered/);
    // A folder where the report is to be: the store cannot take it, and is asked again and again.
    mkdirSync(join(home.path, 'store/scanner-artifacts', jobIds(home.path)[0] ?? '', 'report.json'), {
      recursive: true,
    });
    await run.line(/the report could not be stored; trying again/);
    await cancelIn('COMPLETING', run);
    expect(newestJob().told).toContain('scan.events.completed');
  });

  it('ends at its time limit with the code deadline, a report and exit 3', async () => {
    const slow = await serveSite(
      new Map([
        ['index.html', Buffer.from(page(0).replace('/page1.html', '/slow/600s.html'))],
        ['slow/600s.html', Buffer.from(page(1))],
      ]),
    );
    const { code, report, stderr } = await scan(
      [
        slow.origin,
        '--allow-host',
        slow.host,
        '-m',
        'security-headers',
        '--no-robots',
        '--no-sitemap',
        '--timeout',
        '12',
      ],
      { home: home.path },
    );
    await slow.close();
    expect(stderr).toContain('[deadline]');
    expect(report.verdict.status).toBe('incomplete');
    expect(report.verdict.reasons.map((reason) => reason.code)).toContain('deadline');
    expect(code).toBe(3);
    expect(leftovers(home.path)).toEqual([]);
  });
});
