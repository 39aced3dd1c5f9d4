import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextState } from '../../engine/fsm/index.ts';
import { systemClock } from '../../engine/kernel/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';
import { LEFT_OUT, rowsOfSuite } from '../suite.ts';
import { createHome, startCli } from './cli.ts';
import { serveSite, type SiteServer } from './site-server.ts';
import { killAt, survivors } from './support/crash/kill.ts';
import { type Point, POINTS } from './support/crash/points.ts';
import { keptRecords, orphans } from './support/orphans.ts';
import { anonymousVolumes } from './support/podman.ts';
import { repeatedCells } from './support/repeated-cells.ts';

const PAGES = 3;
const page = (n: number) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page number ${n}</title></head><body><main><h1>Page ${n}</h1><p><a href="page${(n + 1) % PAGES}.html">Next page after ${n}</a></p></main></body></html>`;
const FILES = new Map<string, Buffer>(
  Array.from({ length: PAGES }, (_, n) => [
    n === 0 ? 'index.html' : `page${n}.html`,
    Buffer.from(page(n).replaceAll('page0.html', './')),
  ]),
);
/** Longer than a row may take on any machine, in milliseconds: on a starved one a measurement alone may have its four minutes. */
const STUCK = 600_000;
const MODULES = ['axe', 'seo', 'security-headers', 'link-checker'];

const folder = mkdtempSync(join(tmpdir(), 'stageflow-crash-'));
let server: SiteServer;
let volumesBefore: readonly string[];

beforeAll(async () => {
  for (const [name, bytes] of FILES) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  server = await serveSite(FILES);
  volumesBefore = await anonymousVolumes();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.close();
});

describe('kill -9', () => {
  const title = 'of the $victim in a $job job, $moment ($nth), loses nothing, scans nothing twice and leaves nothing';
  const { run, leftOut } = rowsOfSuite(POINTS, (point) => point.short === true);
  it.each(run)(title, die, STUCK);
  it.skip.each(leftOut)(`${title} ${LEFT_OUT}`, die);
});

async function die(point: Point): Promise<void> {
  const { job, victim, moment } = point;
  const measures = moment === 'measuring';
  const home = createHome();
  const temporary = join(home.path, 'system-tmp');
  mkdirSync(temporary);
  const options = { home: home.path, env: { STAGEFLOW_LOG: 'debug', TMPDIR: temporary } };
  const target = job === 'zip' ? [folder] : [server.origin, '--allow-host', server.host];
  const modules = [...MODULES, ...(measures ? ['lighthouse'] : [])].join(',');
  const what = [...target, '-m', modules, '--lighthouse-runs', '1', '--progress', 'ndjson'];
  const first = startCli(['scan', ...what], options);
  const killed = await killAt(point, home.path, first);
  const runs = [await first.done];
  expect(killed, runs[0]?.stderr.slice(-2000)).not.toBeNull();
  // Without its engine a job waits for `--resume`; the other deaths are the engine's own business.
  if (victim === 'engine') runs.push(await startCli(['scan', '--resume', '--progress', 'ndjson'], options).done);
  const ledger = openLedger({ path: join(home.path, 'ledger.db'), clock: systemClock, nextState });
  const jobs = ledger.jobs();
  const engineId = ledger.setting('engineId') ?? '';
  const cells = ledger.cells(jobs[0]?.id ?? '');
  ledger.close();
  expect(jobs.map((row) => row.state)).toEqual(['DONE']);
  const bad = cells.filter(({ event }) => event.data.outcome !== 'ok');
  // On a starved machine Lighthouse may find no paint in its time; the page modules have no such excuse.
  expect(bad.filter(({ scanner }) => scanner !== 'lighthouse').map(({ event }) => event.data)).toEqual([]);
  expect(runs.at(-1)?.code, runs.at(-1)?.stderr.slice(-3000)).toBe(bad.length === 0 ? 0 : 3);
  // Four modules on every page, one measurement, and one look at the site by each that has one.
  const ofPages = cells.filter((cell) => cell.pageId !== '_site');
  expect(ofPages).toHaveLength(PAGES * MODULES.length + Number(measures));
  expect(repeatedCells(runs)).toEqual([]);

  expect(await orphans({ home: home.path, temporary, engineId, volumesBefore })).toEqual([]);
  expect(survivors(killed?.inside ?? []), 'processes of containers').toEqual([]);
  expect(await keptRecords(killed?.containers ?? []), 'records of containers').toEqual([]);
  expect(staged(home.path), 'staged archives').toBe(job === 'zip' ? 1 : 0);
  home.dispose();
}

/** Files in the staging bucket: the archive of a job is kept for a later retry, and nothing else is. */
function staged(home: string): number {
  const bucket = join(home, 'store/scanner-staging');
  if (!existsSync(bucket)) return 0;
  return readdirSync(bucket, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}
