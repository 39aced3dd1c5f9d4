import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type MachineContext, TIMELINE } from '@stageflow/engine/sdk';
import type { LighthouseRaw, LighthouseReport, RunSummary } from './raw.ts';
import type { WorkerAnswer, WorkerOrder } from './worker-protocol.ts';

type Measured = Extract<WorkerAnswer, { ok: true }>;

/** Lighthouse's process reaches 600 MB after several runs; it is replaced before that. */
const RUNS_PER_WORKER = 12;

let worker: { readonly process: ChildProcess; runs: number } | null = null;

/** The warm process, a new one when the last has done its share or died. */
function warmWorker(): ChildProcess {
  if (worker && (worker.runs >= RUNS_PER_WORKER || !worker.process.connected)) {
    worker.process.kill('SIGKILL');
    worker = null;
  }
  if (!worker) {
    const started = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [], {
      // Standard output belongs to the engine's channel; nothing of Lighthouse may reach it.
      stdio: ['ignore', 2, 2, 'ipc'],
      serialization: 'advanced',
      execArgv: [],
    });
    // It must not keep the runner alive once the work is done.
    started.unref();
    started.channel?.unref();
    worker = { process: started, runs: 0 };
  }
  worker.runs += 1;
  return worker.process;
}

function measure(order: WorkerOrder, signal: AbortSignal): Promise<WorkerAnswer> {
  const process = warmWorker();
  return new Promise((resolve, reject) => {
    const settle = (run: () => void) => {
      process.off('message', onMessage);
      process.off('exit', onExit);
      signal.removeEventListener('abort', onAbort);
      process.channel?.unref();
      run();
    };
    const onMessage = (answer: unknown) => settle(() => resolve(answer as WorkerAnswer));
    const onExit = (code: number | null) =>
      settle(() =>
        resolve({ ok: false, led: null, reason: `Lighthouse's process ended early (exit ${code ?? 'by a signal'})` }),
      );
    const onAbort = () => {
      process.kill('SIGKILL');
      settle(() => reject(signal.reason));
    };
    process.channel?.ref();
    process.on('message', onMessage);
    process.on('exit', onExit);
    signal.addEventListener('abort', onAbort, { once: true });
    process.send(order);
  });
}

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;

function summaryOf(measured: Measured): RunSummary {
  const scores = Object.fromEntries(
    CATEGORIES.map((id) => {
      const score = measured.report.categories[id]?.score ?? null;
      return [id, score === null ? null : Math.round(score * 100)];
    }),
  );
  return {
    scores,
    benchmarkIndex: measured.report.environment.benchmarkIndex,
    milliseconds: Math.round(measured.milliseconds),
  };
}

/** Index of the median run by performance; of an even number the lower middle one, so that a lucky run never wins. */
export function medianRun(runs: readonly RunSummary[]): number {
  const order = runs
    .map((run, i) => ({ i, score: run.scores.performance ?? -1 }))
    .toSorted((a, b) => a.score - b.score);
  return order[Math.floor((order.length - 1) / 2)]?.i ?? 0;
}

/** Addresses that Lighthouse saw asked for and never answered. */
export function unansweredOf(report: LighthouseReport): string[] {
  const items = report.audits['network-requests']?.details?.items;
  if (!Array.isArray(items)) return [];
  return (items as { url?: unknown; statusCode?: unknown }[])
    .filter(
      ({ url, statusCode }) =>
        typeof url === 'string' && /^https?:/.test(url) && (typeof statusCode !== 'number' || statusCode < 100),
    )
    .map(({ url }) => (url as string).slice(0, 1024))
    .slice(0, 200);
}

/** Why an address to which the page leads by itself has nothing to be measured for this job, or null. */
export async function whyLeft(
  led: string,
  measured: boolean,
  { job, fetch }: Pick<MachineContext, 'job' | 'fetch'>,
): Promise<string | null> {
  const { host } = new URL(led);
  if (job.source === 'zip') return `the page leads on to another site, ${host}`;
  // On the web a page may lead anywhere that the guard lets it.
  const answer = measured ? null : await fetch(led, { method: 'HEAD' });
  return answer !== null && 'failure' in answer && answer.failure === 'denied'
    ? `the page leads to ${host}, which Stageflow does not look at: ${answer.reason}`
    : null;
}

/** Pictures of the elements that the kept run names, cut out of what its tab looked like. */
async function picturesOf(
  { wanted, photograph }: Measured,
  { cutCrops }: Pick<MachineContext, 'cutCrops'>,
): Promise<NonNullable<LighthouseRaw['elements']>> {
  const boxes = Object.entries(photograph?.boxes ?? {}).flatMap(([id, box]) => (box ? [[id, box] as const] : []));
  const cut =
    photograph && boxes.length > 0
      ? await cutCrops(
          photograph,
          boxes.map(([, box]) => box),
        ).catch(() => null)
      : [];
  const keys = new Map(cut === null ? [] : boxes.map(([id], i) => [id, cut[i] ?? null] as const));
  return Object.fromEntries(
    wanted.map((id) => {
      const key = keys.get(id);
      if (key) return [id, { screenshot: key }];
      if (photograph === null || (cut === null && photograph.boxes[id])) return [id, { noPicture: 'failed' }];
      if (key === null) return [id, { noPicture: 'outside' }];
      return [id, { noPicture: photograph.boxes[id] === null ? 'hidden' : 'gone' }];
    }),
  );
}

/** Measures the page as often as asked and keeps the median run. */
export async function collect(ctx: MachineContext): Promise<LighthouseRaw> {
  const order: WorkerOrder = {
    url: ctx.url,
    executablePath: ctx.browser.executablePath,
    args: ctx.browser.args,
    formFactor: ctx.lighthouse.formFactor,
    headers: ctx.access.headers,
    cookies: ctx.access.cookies,
    ownOrigin: ctx.job.origin,
    productionOrigin: ctx.job.productionOrigin,
    readOnly: ctx.job.source === 'zip',
    besideAxe: ctx.modules.includes('axe'),
  };
  const measured: Measured[] = [];
  let failure = '';
  // One more try than asked: a single run that fails costs only itself.
  for (let tries = 0; measured.length < ctx.lighthouse.runs && tries <= ctx.lighthouse.runs; tries++) {
    const answer = await measure(order, ctx.signal);
    const left = answer.led === null ? null : await whyLeft(answer.led, answer.ok, ctx);
    if (left !== null) throw Object.assign(new Error(left), { code: 'not_measurable' });
    if (answer.ok) measured.push(answer);
    else failure = answer.reason;
  }
  if (measured.length === 0) throw new Error(failure);
  const runs = measured.map(summaryOf);
  const kept = medianRun(runs);
  const chosen = measured[kept] as Measured;
  await Promise.all([
    ctx.putEvidence(TIMELINE, chosen.timeline),
    ctx.putEvidence('report.html', Buffer.from(chosen.html)),
    ctx.putEvidence('trace.json.zst', chosen.trace),
    ctx.putEvidence('devtoolslog.json.zst', chosen.devtoolsLog),
  ]);
  return {
    runs,
    kept,
    report: chosen.report,
    axeSelectors: chosen.axeSelectors,
    elements: await picturesOf(chosen, ctx),
    unanswered: unansweredOf(chosen.report),
  };
}
