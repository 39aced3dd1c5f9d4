import { defaultDataFolder, removeReports, reportsOf } from '@stageflow/engine';
import { EXIT, StageflowError } from '@stageflow/engine/kernel';
import type { JobView } from '@stageflow/engine/view';
import { ask, askJson, atJob, textOf } from './desk/api.ts';
import { type Desk, openDesk, openServerApi, type PlaceOptions } from './desk/desk.ts';
import { printable } from './scan/progress.ts';
import { table } from './table.ts';

interface JobsOptions extends PlaceOptions {
  readonly json?: boolean;
}

const print = (text: string) => process.stdout.write(text);
const printJson = (value: unknown) => print(`${JSON.stringify(value, null, 2)}\n`);
const MOST_LISTED = 100;

async function atDesk<T>(options: PlaceOptions, work: (desk: Desk) => Promise<T>): Promise<T> {
  const desk = await openDesk(options);
  try {
    return await work(desk);
  } finally {
    await desk.close();
  }
}

/** `./stageflow jobs [list]`: the newest jobs, without starting an engine. */
export async function listJobs(options: JobsOptions): Promise<number> {
  const jobs = await atDesk(options, (desk) => desk.list(MOST_LISTED));
  if (options.json === true) printJson(jobs);
  else if (jobs.length === 0) print('No scans yet. Start one with: ./stageflow scan dist.zip\n');
  else {
    const rows = jobs.map((job) => [
      job.id,
      new Date(job.createdAt).toISOString().slice(0, 16).replace('T', ' '),
      job.failureCode === null ? job.state : `${job.state} (${job.failureCode})`,
      job.label === null ? job.source : `${job.label}: ${job.source}`,
    ]);
    print(table(['job', 'begun (UTC)', 'state', 'what'], rows));
    print(`Look at one with: ./stageflow jobs show ${jobs[0]?.id ?? ''}${remoteWord(options)}\n`);
  }
  return EXIT.pass;
}

const remoteWord = ({ remote }: PlaceOptions) => (remote === undefined ? '' : ` --remote ${remote}`);

/** `./stageflow jobs show ID`. */
export async function showJob(jobId: string, options: JobsOptions): Promise<number> {
  const view = await atDesk(options, (desk) => desk.show(jobId));
  if (options.json === true) printJson(view);
  else for (const line of describe(view, remoteWord(options))) print(`${printable(line)}\n`);
  return EXIT.pass;
}

function describe(view: JobView, more: string): string[] {
  const { spec, progress, totals } = view;
  const { critical, serious, moderate, minor, info, review } = totals;
  const failed = [...view.pages.flatMap((page) => page.cells), ...view.siteCells].filter(
    (c) => c.outcome !== 'ok',
  ).length;
  const last =
    view.state === 'DONE' || view.report !== null
      ? `Read it with: ./stageflow report ${view.jobId}${more}`
      : view.state === 'FAILED'
        ? `Try again with: ./stageflow jobs retry ${view.jobId}${more}`
        : `End it with: ./stageflow jobs cancel ${view.jobId}${more}`;
  return [
    `job       ${view.jobId}`,
    `what      ${spec.label === null ? '' : `${spec.label}: `}${spec.source}`,
    `state     ${view.state}${view.verdict === null ? '' : `, ${view.verdict}`}, attempt ${view.attempt}`,
    ...(view.failure ? [`why       ${view.failure.sentence} [${view.failure.code}]`] : []),
    ...(spec.parent === null ? [] : [`made from ${spec.parent}`]),
    `begun     ${new Date(view.startedAt).toISOString()}`,
    ...(view.endedAt === null ? [] : [`ended     ${new Date(view.endedAt).toISOString()}`]),
    `modules   ${spec.modules.join(', ')}`,
    `pages     ${progress.pagesDone} of ${progress.pagesKnown}; ${progress.cellsDone} of ${progress.cellsKnown} cells${failed > 0 ? `, ${failed} not well` : ''}`,
    `${view.state === 'DONE' ? 'found    ' : 'told     '} ${critical} critical, ${serious} serious, ${moderate} moderate, ${minor} minor, ${info} info; ${review} to review${view.state === 'DONE' ? '' : ' (as modules say it; the report joins what has one cause)'}`,
    last,
  ];
}

/** `./stageflow jobs cancel ID`: resolves when its pod is gone. What was found stays. */
export async function cancelJob(jobId: string, options: PlaceOptions): Promise<number> {
  const state = await atDesk(options, async (desk) => {
    const before = await desk.show(jobId);
    if (before.state === 'DONE' || before.state === 'FAILED')
      throw new StageflowError('conflict', { jobId, state: before.state, action: 'cancelling' });
    await desk.cancel(jobId);
    return (await desk.show(jobId)).state;
  });
  print(`${jobId} is cancelled (${state}). Go on with it: ./stageflow jobs retry ${jobId}${remoteWord(options)}\n`);
  return EXIT.pass;
}

/** `./stageflow jobs rm ID`: the job, its report and all it stored. */
export async function removeJob(jobId: string, options: PlaceOptions): Promise<number> {
  await atDesk(options, (desk) => desk.remove(jobId));
  // What a scan on a server wrote here is of no use without its job either.
  await removeReports(reportsOf(defaultDataFolder()), jobId);
  print(`${jobId} is removed, with its report and evidence.\n`);
  return EXIT.pass;
}

/** `./stageflow jobs pause ID` and `resume ID`. */
export async function steerJob(act: 'pause' | 'resume', jobId: string, options: PlaceOptions): Promise<number> {
  const { api } = await openServerApi(options, act === 'pause' ? 'Pausing a job' : 'Resuming a paused job');
  await textOf(await ask(api, 'POST', atJob(jobId, `/${act}`)));
  const word =
    act === 'pause' ? 'rests. Go on with it: ./stageflow jobs resume' : 'goes on. Look at it: ./stageflow jobs show';
  print(`${jobId} ${word} ${jobId}${remoteWord(options)}\n`);
  return EXIT.pass;
}

/**
 * `./stageflow jobs retry ID` on a server: a new job that adopts the finished cells, with `--cell` all but that one. Here, a scan goes on with
 * it in the foreground.
 */
export async function retryJob(jobId: string, options: PlaceOptions & { readonly cell?: string }): Promise<number> {
  const [page = '', scanner = '', ...more] = (options.cell ?? 'a/b').split('/');
  if (page === '' || scanner === '' || more.length > 0) {
    const reason = 'name a page and a module, such as _site/seo; `jobs show --json` lists the pages';
    throw new StageflowError('bad_option', { option: '--cell', value: options.cell ?? '', reason });
  }
  const { api } = await openServerApi(options, 'Scanning one cell again');
  const cell = options.cell === undefined ? '' : `/cells/${encodeURIComponent(page)}/${encodeURIComponent(scanner)}`;
  const { id } = await askJson<{ id: string }>(api, 'POST', atJob(jobId, `${cell}/retry`), {});
  print(`${id} goes on with ${jobId}. Look at it with: ./stageflow jobs show ${id}${remoteWord(options)}\n`);
  return EXIT.pass;
}
