import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nextState } from '../../engine/fsm/index.ts';
import { systemClock } from '../../engine/kernel/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';
import { type CliResult, jobIds, leftovers, startCli } from './cli.ts';
import { repeatedCells } from './support/repeated-cells.ts';
import { createSmallDisk, type SmallDisk } from './support/small-disk.ts';

const PAGES = 6;
const MODULES = 'axe,seo,security-headers,link-checker';
const ASKED = ['-m', MODULES, '--progress', 'ndjson'];
const SENTENCE = /has no space left\. Free some space, then run again with --resume.*\[disk_full\]/;

const probe = createSmallDisk(1);
probe?.dispose();

/** Full while a scan goes on, at the moment the given event is seen, unless it is never full. */
function fillAfter(run: ReturnType<typeof startCli>, event: RegExp, disk: SmallDisk): void {
  let done = false;
  run.child.stderr?.on('data', (chunk: Buffer) => {
    if (done || !event.test(chunk.toString())) return;
    done = true;
    disk.fill();
  });
}

describe.skipIf(probe === null)('a full disk (needs an account that may mount one)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stageflow-full-'));
  let data: SmallDisk;
  let out: SmallDisk;
  beforeAll(() => {
    for (let n = 0; n < PAGES; n += 1)
      writeFileSync(
        join(folder, n === 0 ? 'index.html' : `page${n}.html`),
        `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page number ${n}</title></head><body><main><h1>Page ${n}</h1><p><a href="page${n === PAGES - 1 ? 1 : n + 1}.html">Next page after ${n}</a></p></main></body></html>`,
      );
    // Does not compress: what is staged is larger than the room that intake will find.
    mkdirSync(join(folder, 'files'));
    writeFileSync(join(folder, 'files/photo.bin'), randomBytes(4 * 2 ** 20));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    data = createSmallDisk(32) as SmallDisk;
    out = createSmallDisk(32) as SmallDisk;
  });
  afterEach(() => {
    data.dispose();
    out.dispose();
  });

  const start = (args: readonly string[]) =>
    startCli(['scan', ...args, ...ASKED, '-o', join(out.path, 'report')], {
      home: join(data.path, 'home'),
      env: { STAGEFLOW_LOG: 'debug' },
    });
  const stopsForWantOfSpace = (run: CliResult) => {
    expect(run.code, run.stderr.slice(-3000)).toBe(5);
    expect(run.stderr).toMatch(SENTENCE);
    expect(run.stderr).not.toMatch(/^\s+at /m);
    expect(leftovers(join(data.path, 'home'))).toEqual([]);
  };
  const isWhole = (runs: readonly CliResult[]) => {
    expect(runs.at(-1)?.code, runs.at(-1)?.stderr.slice(-3000)).toBe(0);
    const report = JSON.parse(readFileSync(join(out.path, 'report/report.json'), 'utf8'));
    expect(report.pages.filter((page: { status: string }) => page.status === 'scanned')).toHaveLength(PAGES);
    expect(report.verdict.status).toBe('complete');
    const ledger = openLedger({ path: join(data.path, 'home/ledger.db'), clock: systemClock, nextState });
    const newest = ledger.jobs()[0];
    const cells = ledger.cells(newest?.id ?? '').filter((cell) => cell.pageId !== '_site');
    ledger.close();
    expect(newest?.state).toBe('DONE');
    expect(cells).toHaveLength(PAGES * MODULES.split(',').length);
    expect(repeatedCells(runs)).toEqual([]);
    expect(leftovers(join(data.path, 'home'))).toEqual([]);
  };

  it('N9 before anything is stored is refused with a sentence, and the same command works when there is space', async () => {
    data.fill();
    const full = await start([folder]).done;
    stopsForWantOfSpace(full);
    data.free();
    isWhole([await start([folder]).done]);
  });

  it('N9 while the archive is taken in leaves no half an archive, and the same command works when there is space', async () => {
    data.fill(2 * 2 ** 20);
    const full = await start([folder]).done;
    stopsForWantOfSpace(full);
    data.free();
    isWhole([await start([folder]).done]);
  });

  it('N9 while pages are scanned loses nothing: --resume scans only what is missing', async () => {
    const run = start([folder]);
    fillAfter(run, /"scan\.events\.page\.completed"/, data);
    const full = await run.done;
    stopsForWantOfSpace(full);
    data.free();
    isWhole([full, await start(['--resume']).done]);
  });

  it('N9 while the report is made loses nothing: --resume makes it and scans nothing', async () => {
    const run = start([folder]);
    fillAfter(run, /"scan\.events\.completed"/, data);
    const full = await run.done;
    stopsForWantOfSpace(full);
    data.free();
    const resumed = await start(['--resume']).done;
    isWhole([full, resumed]);
    expect(resumed.stderr).not.toContain('work handed out');
  });

  it('N9 where the report is to be written is refused before the scan begins when it is full already', async () => {
    out.fill();
    stopsForWantOfSpace(await start([folder]).done);
    expect(jobIds(join(data.path, 'home'))).toEqual([]);
  });

  it('N9 where the report is to be written keeps the report, and the named command writes it', async () => {
    const run = start([folder]);
    fillAfter(run, /"scan\.events\.completed"/, out);
    const full = await run.done;
    stopsForWantOfSpace(full);
    const [, jobId = ''] = /--resume ([0-9a-z]{26})/.exec(full.stderr) ?? [];
    expect(jobId).not.toBe('');
    out.free();
    const resumed = await start(['--resume', jobId]).done;
    isWhole([full, resumed]);
    expect(resumed.stderr).not.toContain('work handed out');
  });
});
