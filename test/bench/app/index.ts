/**
 * How the window behaves while a job of 200 pages by six modules runs: `npm run bench:app`.
 * The job moves at a steady pace over a real server's live stream; somebody walks through its matrix by keyboard meanwhile. Ends with 1 when a bound is missed.
 */
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { startWeb } from '../../integration/web/web.ts';
import { MODULES, wideJob } from '../../integration/web/wide-job.ts';
import { watchTasks } from './long-tasks.ts';

const PAGES = 200;
/** Milliseconds. */
const BOUNDS = { task: 50, paint: 100 } as const;
/** Milliseconds from one page to the next, and from one key to the next. */
const PACE = { page: 50, key: 80 } as const;
const KEYS = ['ArrowDown', 'ArrowDown', 'ArrowRight', 'PageDown', 'ArrowUp', 'End', 'Home', 'PageUp'] as const;

/** Notes for each key how long it took from the press, as the browser dates it, until after the frame that shows what it did. */
const WATCH_KEYS = `{
  globalThis.painted = [];
  addEventListener('keydown', ({ timeStamp }) =>
    requestAnimationFrame(() => setTimeout(() => globalThis.painted.push(performance.now() - timeStamp))), { capture: true });
}`;

/** Presses keys at a steady pace until told to stop. */
async function walk(page: Page, stop: AbortSignal): Promise<void> {
  for (let n = 0; !stop.aborted; n += 1) {
    await page.keyboard.press(KEYS[n % KEYS.length] ?? 'ArrowDown');
    await delay(PACE.key);
  }
}

const rank = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Infinity;

const web = await startWeb({ pods: 'frozen' });
let missed = false;
try {
  const job = await wideJob(web.server);
  const { page, trouble } = await web.signedIn(`/scan/${job.id}`);
  await page.getByRole('grid').focus();
  await page.evaluate(WATCH_KEYS);
  const tasks = await watchTasks(page, async () => {
    const over = new AbortController();
    const walking = walk(page, over.signal);
    job.find(1, PAGES);
    for (let n = 0; n < PAGES; n += 1) {
      job.load(n);
      for (let module = 0; module < MODULES.length; module += 1) job.cell(n, module);
      job.leave(n);
      await delay(PACE.page);
    }
    await page.getByText(`${PAGES} of ${PAGES} known`).waitFor();
    over.abort();
    await walking;
  });
  const painted = ((await page.evaluate('globalThis.painted')) as number[]).toSorted((a, b) => a - b);
  const p95 = rank(painted, 0.95);
  missed = tasks.longest > BOUNDS.task || p95 > BOUNDS.paint || trouble.length > 0;
  const shown = (value: number) => value.toFixed(0);
  process.stdout.write(
    `${PAGES} pages by ${MODULES.length} modules, live: longest task ${shown(tasks.longest)} ms on a processor (bound ${BOUNDS.task}), ${shown(tasks.longestByClock)} ms by the clock, of ${tasks.count}\n` +
      `input to paint, ${painted.length} keys: p50 ${shown(rank(painted, 0.5))} ms, p95 ${shown(p95)} ms (bound ${BOUNDS.paint}), most ${shown(painted.at(-1) ?? Infinity)} ms\n`,
  );
  for (const line of trouble) process.stdout.write(`trouble: ${line}\n`);
} finally {
  await web.close();
}
process.stdout.write(`load of the machine: ${loadavg()[0]?.toFixed(1)}\n`);
process.exitCode = missed ? 1 : 0;
