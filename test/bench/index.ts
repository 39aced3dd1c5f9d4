/**
 * `npm run bench`: Stageflow beside the bare tools and beside its peers, on the same pages in the same run.
 * Prints ratios; a figure is only as good as the machine was quiet, so its load is printed too. Aims stand beside what was seen.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveSite } from '../e2e/site-server.ts';
import { loadBenchSite } from './corpus.ts';
import { type OwnRun, ownScan } from './own.ts';
import { bringPeers } from './peers.ts';
import { type Timed, timed } from './run.ts';

const ROOT = join(import.meta.dirname, '../..');
const CHROMIUM = process.env.STAGEFLOW_CHROMIUM ?? '/usr/lib/chromium/chromium';
const CHROMEDRIVER = process.env.STAGEFLOW_CHROMEDRIVER ?? '/usr/bin/chromedriver';
const PAGES = Number(process.env.STAGEFLOW_BENCH_PAGES ?? 20);
/** The quick measurements are taken this often in turn and the best counts: what else ran on the machine then weighs least. */
const ROUNDS = Number(process.env.STAGEFLOW_BENCH_ROUNDS ?? 2);
/** `npm run bench -- pages` leaves Lighthouse out, which takes two thirds of the time. */
const LIGHTHOUSE = !process.argv.includes('pages');
const PAGE_MODULES = 'axe,security-headers,seo,link-checker';

const say = (text: string) => process.stderr.write(`${text}\n`);
const s = (seconds: number) => `${seconds.toFixed(1)} s`;
const perMinute = (seconds: number) => `${((60 * PAGES) / seconds).toFixed(1)} pages/min`;
const ratio = (a: number, b: number) => (a / b).toFixed(2);
const mib = (run: Timed) => `${run.peakMiB.toFixed(0)} MiB`;

/** The quickest of several runs. */
function best<T extends Timed>(runs: readonly T[]): T {
  const [first] = runs.toSorted((a, b) => a.seconds - b.seconds);
  if (!first) throw new Error('nothing was measured');
  return first;
}

/** When a bare tool was through with its first page, in seconds after its start. */
function firstPageOf({ output }: Timed): number {
  return Number(/^first page: ([\d.]+)$/m.exec(output)?.[1] ?? Number.NaN);
}

/** Says what a measurement came to as soon as it is there. */
async function noted<T extends Timed>(name: string, running: Promise<T>): Promise<T> {
  const run = await running;
  say(`  ${name}: ${s(run.seconds)}, ${mib(run)}`);
  return run;
}

/** A measurement of a tool that failed is none, and is not passed off as one. */
function sayIfBad(name: string, run: Timed, fine: readonly (number | null)[]): void {
  if (!fine.includes(run.code)) say(`note: ${name} ended with ${run.code}: ${run.output.slice(-300)}`);
}

async function bench(work: string): Promise<void> {
  const site = loadBenchSite(join(work, 'site'));
  const peers = await bringPeers(process.env.STAGEFLOW_CACHE ?? join(ROOT, '.cache'), CHROMIUM, CHROMEDRIVER);
  const server = await serveSite(site.files);
  const limit = ['--max-pages', String(PAGES)];
  const own = (modules: string, ...more: string[]) => ownScan(work, site.folder, modules, [...limit, ...more]);
  const bare = (tool: 'axe' | 'lighthouse', urls: readonly string[]) =>
    timed(process.execPath, [join(import.meta.dirname, 'bare.ts'), tool, CHROMIUM, ...urls], { sweep: true });
  try {
    const load = [loadavg()[0] ?? 0];
    say('warming up …');
    await own('security-headers', '--max-pages', '1');
    const runs = {
      pages: [] as OwnRun[],
      axe: [] as OwnRun[],
      bareAxe: [] as Timed[],
      peerAxe: [] as Timed[],
      links: [] as Timed[],
    };
    let urls: string[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      say(`page lane on ${PAGES} pages, round ${round} of ${ROUNDS} …`);
      runs.pages.push(await noted('page lane', own(PAGE_MODULES)));
      // The pages that our own crawl took: every other tool is given exactly these.
      urls = (runs.pages[0]?.pages ?? []).map((path) => server.origin + path);
      runs.axe.push(await noted('axe alone', own('axe')));
      runs.bareAxe.push(await noted('bare axe', bare('axe', urls)));
      runs.peerAxe.push(await noted('@axe-core/cli', peers.axe(urls)));
      runs.links.push(await noted('linkinator', peers.links(urls)));
      load.push(loadavg()[0] ?? 0);
    }
    const [pages, axe, bareAxe, peerAxe, links] = [
      best(runs.pages),
      best(runs.axe),
      best(runs.bareAxe),
      best(runs.peerAxe),
      best(runs.links),
    ];
    sayIfBad('@axe-core/cli', peerAxe, [0]);
    // It exits 1 where links are broken, and the site has some.
    sayIfBad('linkinator', links, [0, 1]);
    sayIfBad('bare axe', bareAxe, [0]);
    const rows: [what: string, figure: string, aim: string][] = [
      ['start until the job is accepted', s(pages.accepted), '< 2 s'],
      ['submit to first finished cell', s(pages.firstCell), ''],
      [
        '  axe alone, to the first page of bare axe',
        `${ratio(axe.firstCell, firstPageOf(bareAxe))} (${s(axe.firstCell)} to ${s(firstPageOf(bareAxe))})`,
        '',
      ],
      [
        'page lane: whole scan, four modules, screenshots, HAR, report',
        `${s(pages.seconds)}, ${perMinute(pages.seconds)}`,
        '',
      ],
      [
        '  to @axe-core/cli + linkinator',
        `${ratio(pages.seconds, peerAxe.seconds + links.seconds)} (${s(peerAxe.seconds)} + ${s(links.seconds)})`,
        '<= 0.70',
      ],
      ['  the lane alone', `${s(pages.pageLane)}, ${perMinute(pages.pageLane)}`, ''],
      [
        'axe alone, whole scan, to bare axe in one tab',
        `${ratio(axe.seconds, bareAxe.seconds)} (${s(axe.seconds)} to ${s(bareAxe.seconds)})`,
        '<= 1.10',
      ],
      ['  the lane alone', `${ratio(axe.pageLane, bareAxe.seconds)} (${s(axe.pageLane)})`, ''],
      [
        'peak memory, engine and pod, page lane',
        `${mib(pages)}, ${ratio(pages.peakMiB, bareAxe.peakMiB)} x bare axe (${mib(bareAxe)})`,
        '',
      ],
    ];
    if (LIGHTHOUSE) {
      say(`Lighthouse on ${PAGES} pages …`);
      const all = await noted('whole job', own(`${PAGE_MODULES},lighthouse`, '--pages', 'all'));
      load.push(loadavg()[0] ?? 0);
      const bareLighthouse = await noted('bare lighthouse', bare('lighthouse', urls));
      load.push(loadavg()[0] ?? 0);
      const peerLighthouse = await noted('lhci collect', peers.lighthouse(urls));
      load.push(loadavg()[0] ?? 0);
      sayIfBad('lhci collect', peerLighthouse, [0]);
      sayIfBad('bare lighthouse', bareLighthouse, [0]);
      rows.push(
        ['whole job, Lighthouse on every page', `${s(all.seconds)}, ${perMinute(all.seconds)}`, ''],
        [
          '  to @axe-core/cli + lhci collect + linkinator',
          `${ratio(all.seconds, peerAxe.seconds + peerLighthouse.seconds + links.seconds)} (lhci ${s(peerLighthouse.seconds)})`,
          '<= 0.65',
        ],
        [
          'Lighthouse lane to bare lighthouse',
          `${ratio(all.machineLane, bareLighthouse.seconds)} (${s(all.machineLane)}, ${perMinute(all.machineLane)}, to ${s(bareLighthouse.seconds)})`,
          '<= 1.10',
        ],
        [
          'peak memory, engine and pod, with Lighthouse',
          `${mib(all)}, ${ratio(all.peakMiB, bareLighthouse.peakMiB)} x bare lighthouse (${mib(bareLighthouse)})`,
          '',
        ],
      );
    }
    const machine = `${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}, ${urls.length} pages, best of ${ROUNDS}${LIGHTHOUSE ? ' (Lighthouse: 1)' : ''}`;
    process.stdout.write(
      `${[`${machine}; load of the last minute before, between and after: ${load.map((l) => l.toFixed(1)).join(', ')}`, '', '| what | seen | aim |', '|---|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n')}\n`,
    );
  } finally {
    await server.close();
  }
}

const work = mkdtempSync(join(tmpdir(), 'stageflow-bench-'));
try {
  await bench(work);
} catch (thrown) {
  say(thrown instanceof Error ? thrown.message : String(thrown));
  process.exitCode = 5;
} finally {
  rmSync(work, { recursive: true, force: true });
}
