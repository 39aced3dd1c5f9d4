import { randomUUID } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { defaultDataFolder } from '@stageflow/engine';
import { TERMINAL } from '@stageflow/engine/event';
import { EXIT, StageflowError, systemClock } from '@stageflow/engine/kernel';
import { judgePath, packFolder } from '@stageflow/engine/submit';
import type { JobView } from '@stageflow/engine/view';
import { type Api, ask, askJson, atJob, textOf } from '../desk/api.ts';
import { followJob } from '../desk/follow.ts';
import { objectsThere } from '../desk/objects-there.ts';
import { remoteApi } from '../desk/remote-api.ts';
import { namedRemote, type Remote } from '../remotes.ts';
import { writeOutputs } from './outputs.ts';
import type { ScanPlan } from './plan.ts';
import type { Progress } from './progress.ts';
import { toGoOnWith } from './resume.ts';
import { apiAccess, apiOptions } from './api-options.ts';
import { finishScan } from './verdict.ts';
import { type Seen, watch } from './watch.ts';

type Say = (text: string) => void;

interface Accepted {
  readonly id: string;
  readonly notes: readonly string[];
}

/** What Ctrl-C means before there is a job. */
const NOT_MADE = 'Stopped before the job was made; the server keeps nothing of it.';

/**
 * Runs a scan on a server: sends it there, shows its events live, writes and judges its report here, with the exit codes of a scan of this
 * machine. Ctrl-C cancels the job there; a lost connection is taken up again, and the job goes on meanwhile.
 */
export async function scanThere(
  name: string,
  plan: ScanPlan,
  progress: Progress,
  interrupted: AbortSignal,
): Promise<number> {
  const remote = namedRemote(name, defaultDataFolder(), process.env);
  const api = remoteApi(remote);
  const { options, formats, gate } = plan;
  const jobId = await start(api, remote, plan, progress.say, interrupted);
  if (jobId === null) {
    progress.say(NOT_MADE);
    return EXIT.interrupted;
  }
  const goOn = `./stageflow scan --remote ${name} --resume ${jobId}`;
  const onInterrupt = () => {
    progress.say('Stopping: what was found so far is kept …');
    ask(api, 'POST', atJob(jobId, '/cancel'))
      .then(textOf)
      .catch((error: Error) => progress.say(`It could not be cancelled there: ${error.message}`));
  };
  if (interrupted.aborted) onInterrupt();
  interrupted.addEventListener('abort', onInterrupt, { once: true });
  const onLost = () => progress.say('The connection to the server is lost; the job goes on there, trying again …');
  const seen: Seen = { view: null };
  try {
    await watch((after) => followJob(api, jobId, after, { clock: systemClock, onLost }), seen, progress);
  } catch (error) {
    progress.say(`The job is on ${remote.url}. To see its end: ${goOn}`);
    throw error;
  } finally {
    interrupted.removeEventListener('abort', onInterrupt);
  }
  progress.end();
  const written = await writeOutputs(objectsThere(api), jobId, formats, options.output).catch((error: unknown) => {
    progress.say(`The report is kept on the server. To write its files again: ${goOn}`);
    throw error;
  });
  return finishScan({
    job: { state: seen.view?.state ?? 'FAILED' },
    failure: seen.view?.failure ?? null,
    written,
    gate,
    json: options.json === true,
    allowIncomplete: options.allowIncomplete === true,
    goOn,
  });
}

/** Makes the job, or finds the one to go on with; its id, or null when Ctrl-C came before there was one. */
async function start(
  api: Api,
  remote: Remote,
  plan: ScanPlan,
  say: Say,
  interrupted: AbortSignal,
): Promise<string | null> {
  const { target, options } = plan;
  if (target === null) return resumeThere(api, options.resume ?? true, plan);
  if (options.isolation !== 'pod')
    throw new StageflowError('bad_option', {
      option: '--isolation',
      value: options.isolation,
      reason: 'a server runs jobs in pods only',
    });
  // The key makes a request that is sent twice happen once.
  const headers = { 'idempotency-key': randomUUID() };
  if (target.kind === 'urls') {
    const body = { ...apiOptions(plan), ...apiAccess(plan), urls: target.urls, mode: options.crawl ? 'crawl' : 'list' };
    const send = () => askJson<Accepted>(api, 'POST', '/api/v1/jobs/url', body, { headers });
    const accepted = await send().catch((error: unknown) => {
      if (error instanceof StageflowError && isBrokenOff(error.cause)) return send();
      throw error;
    });
    // Ours were said when they were judged here.
    return accepted.id;
  }
  if (plan.access !== null)
    throw new StageflowError('usage', { problem: 'A server takes login details for addresses, not for an archive.' });
  const { notes, name, bytes, size } = await archiveOf(target.path);
  for (const note of notes) say(note);
  say(`Sending ${name} to ${remote.url} …`);
  try {
    const accepted = await askJson<Accepted>(
      api,
      'POST',
      `/api/v1/jobs/zip?filename=${encodeURIComponent(name)}`,
      undefined,
      {
        headers: {
          ...headers,
          'content-type': 'application/zip',
          ...(size === null ? {} : { 'content-length': String(size) }),
          'x-stageflow-options': ascii(JSON.stringify(apiOptions(plan))),
        },
        stream: untilStopped(bytes, interrupted),
      },
    );
    return accepted.id;
  } catch (error) {
    if (interrupted.aborted) return null;
    throw error;
  }
}

/** True when a connection broke after it was there: whether the server did what was asked is not known. */
const isBrokenOff = (cause: unknown): boolean =>
  ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(
    (cause as NodeJS.ErrnoException | undefined)?.code ?? '',
  );

/** An archive as it lies there, or a folder packed on the way; its size where that is known before. */
async function archiveOf(path: string) {
  const plan = await judgePath(path);
  const name = basename(resolve(path));
  return plan === null
    ? { notes: [], name, bytes: createReadStream(path), size: statSync(path).size }
    : { notes: plan.notes, name: `${name}.zip`, bytes: packFolder(plan), size: null };
}

/** Passes bytes on until Ctrl-C. What is broken off leaves nothing on the server; what is whole is a job, which can be cancelled. */
async function* untilStopped(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    signal.throwIfAborted();
    yield chunk;
  }
  signal.throwIfAborted();
}

/** JSON as a header may bear it. */
const ascii = (json: string): string =>
  json.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The job to go on with: itself while it has not ended or when its report is whole, else a new one that adopts what it finished. */
async function resumeThere(api: Api, which: string | true, plan: ScanPlan): Promise<string> {
  const jobId = which === true ? await lastThere(api) : which;
  const view = await askJson<JobView & { readonly paused: boolean }>(api, 'GET', atJob(jobId));
  if (view.paused) await askJson(api, 'POST', atJob(jobId, '/resume'));
  if (!TERMINAL.has(view.state) || (view.state === 'DONE' && view.verdict === 'complete')) return jobId;
  return (await askJson<Accepted>(api, 'POST', atJob(jobId, '/retry'), apiAccess(plan))).id;
}

/** The newest job there that can be gone on with. */
async function lastThere(api: Api): Promise<string> {
  const { jobs } = await askJson<{
    jobs: (Pick<JobView, 'state' | 'failure'> & { readonly id: string; readonly parent: string | null })[];
  }>(api, 'GET', '/api/v1/jobs?limit=200');
  const found = toGoOnWith(jobs.map((job) => ({ ...job, failureCode: job.failure?.code ?? null })));
  if (!found) throw new StageflowError('nothing_to_resume');
  return found.id;
}
