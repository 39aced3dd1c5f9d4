import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openLedger } from '../../engine/ledger/index.ts';
import { nextState } from '../../engine/fsm/index.ts';
import { systemClock } from '../../engine/kernel/index.ts';
import { createHome, jobIds, leftovers, processes, startCli } from './cli.ts';
import { serveSite, type SiteServer } from './site-server.ts';
import { LEFT_OUT, rowsOfSuite } from '../suite.ts';
import { repeatedCells } from './support/repeated-cells.ts';

const PAGES = 6;
const page = (n: number) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page number ${n}</title></head><body><main><h1>Page ${n}</h1><p><a href="page${(n + 1) % PAGES}.html">Next page after ${n}</a></p></main></body></html>`;
const FILES = new Map<string, Buffer>(
  Array.from({ length: PAGES }, (_, n) => [
    n === 0 ? 'index.html' : `page${n}.html`,
    Buffer.from(page(n).replaceAll('page0.html', './')),
  ]),
);
const MODULES = 'axe,seo,security-headers,link-checker';

const folder = mkdtempSync(join(tmpdir(), 'stageflow-crash-'));
let server: SiteServer;

beforeAll(async () => {
  for (const [name, bytes] of FILES) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  server = await serveSite(FILES);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.close();
});

type Victim = 'engine' | 'nats-server' | 'conmon';

/** Kills the victim of a run; says whether there was one. */
function kill(victim: Victim, home: string, enginePid: number | undefined): boolean {
  if (victim === 'engine') return enginePid !== undefined && process.kill(enginePid, 'SIGKILL');
  const runners = jobIds(home).map((id) => `conmon.*stageflow-${id}-\\d+-runner`);
  const pattern = new RegExp(victim === 'nats-server' ? `nats-server.*${home}` : runners.join('|'));
  const found = processes(pattern);
  for (const { pid } of found) process.kill(pid, 'SIGKILL');
  return found.length > 0;
}

interface Point {
  readonly job: 'zip' | 'urls';
  readonly victim: Victim;
  readonly after: RegExp;
  readonly nth: number;
  /** One death of each victim is enough for the short suite. */
  readonly short?: true;
}

// Ten points spread over both kinds of job: the moment is an event of the run's own history.
const POINTS: readonly Point[] = [
  { job: 'zip', victim: 'engine', after: /"jobs\.events\.created"/, nth: 1 },
  { job: 'zip', victim: 'nats-server', after: /"jobs\.events\.created"/, nth: 1 },
  { job: 'zip', victim: 'engine', after: /"extraction\.events\.ready"/, nth: 1 },
  { job: 'zip', victim: 'conmon', after: /"extraction\.events\.ready"/, nth: 1 },
  { job: 'zip', victim: 'engine', after: /"scan\.events\.cell\.completed"/, nth: 6, short: true },
  { job: 'urls', victim: 'engine', after: /"scan\.events\.page\.discovered"/, nth: 1 },
  { job: 'urls', victim: 'nats-server', after: /"scan\.events\.cell\.completed"/, nth: 2, short: true },
  { job: 'urls', victim: 'conmon', after: /"scan\.events\.page\.completed"/, nth: 2, short: true },
  { job: 'urls', victim: 'engine', after: /"scan\.events\.page\.completed"/, nth: 5 },
  { job: 'urls', victim: 'engine', after: /"scan\.events\.completed"/, nth: 1 },
];

describe('kill -9', () => {
  const title = 'of $victim in a $job job after $nth x $after loses nothing and scans nothing twice';
  const { run, leftOut } = rowsOfSuite(POINTS, (point) => point.short === true);
  it.each(run)(title, die);
  it.skip.each(leftOut)(`${title} ${LEFT_OUT}`, die);
});

async function die({ job, victim, after, nth }: Point): Promise<void> {
  const home = createHome();
  const env = { STAGEFLOW_LOG: 'debug' };
  const target = job === 'zip' ? [folder] : [server.origin, '--allow-host', server.host];
  const first = startCli(['scan', ...target, '-m', MODULES, '--progress', 'ndjson'], { home: home.path, env });
  let seen = 0;
  let killed = false;
  first.child.stderr?.on('data', (chunk: Buffer) => {
    seen += chunk
      .toString()
      .split('\n')
      .filter((line) => after.test(line)).length;
    if (seen >= nth && !killed) killed = kill(victim, home.path, first.child.pid);
  });
  const runs = [await first.done];
  expect(killed, runs[0]?.stderr.slice(-2000)).toBe(true);
  // Without its engine a job waits for `--resume`; the other deaths are the engine's own business.
  if (runs[0]?.code !== 0)
    runs.push(await startCli(['scan', '--resume', '--progress', 'ndjson'], { home: home.path, env }).done);
  expect(runs.at(-1)?.code, runs.at(-1)?.stderr.slice(-3000)).toBe(0);
  if (victim !== 'engine') expect(runs, runs[0]?.stderr.slice(-3000)).toHaveLength(1);

  const ledger = openLedger({ path: join(home.path, 'ledger.db'), clock: systemClock, nextState });
  const jobs = ledger.jobs();
  expect(jobs.map((row) => row.state)).toEqual(['DONE']);
  const cells = ledger.cells(jobs[0]?.id ?? '');
  ledger.close();
  // Four modules on every page, and one look at the site by each that has one.
  expect(cells.filter((cell) => cell.pageId !== '_site')).toHaveLength(PAGES * 4);
  expect(repeatedCells(runs)).toEqual([]);
  expect(leftovers(home.path)).toEqual([]);
  home.dispose();
}
