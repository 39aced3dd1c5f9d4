import { defaultDataFolder } from '@stageflow/engine';
import { StageflowError } from '@stageflow/engine/kernel';
import type { JobRow } from '@stageflow/engine/ledger';
import { reduceAll } from '@stageflow/engine/view';
import { printable } from '../scan/progress.ts';
import { openDoor } from '../door.ts';
import { archiveOfRecords } from '../report-archive.ts';
import { textOf } from './api.ts';
import type { Records } from '../../local/records.ts';
import type { Desk } from './desk.ts';

/** The jobs of a data folder; none when there is no folder yet. */
export function deskOfRecords(records: (Records & { close(): Promise<void> }) | null): Desk {
  const known = async (jobId: string): Promise<{ readonly records: Records; readonly job: JobRow }> => {
    const job = await records?.job(jobId);
    if (!records || !job) throw new StageflowError('job_not_found', { jobId });
    return { records, job };
  };
  return {
    place: defaultDataFolder(),
    list: async (limit) =>
      ((await records?.jobs(limit)) ?? []).map(({ id, state, createdAt, spec, failureCode }) => ({
        id,
        state,
        createdAt,
        source: spec.source.kind === 'zip' ? spec.source.filename : (spec.source.urls[0] ?? ''),
        label: spec.label,
        failureCode,
      })),
    show: async (jobId) => {
      const found = await known(jobId);
      const view = reduceAll(null, await found.records.events(jobId));
      if (!view) throw new StageflowError('job_not_found', { jobId });
      return { ...view, state: found.job.state, attempt: found.job.attempt };
    },
    events: async (jobId) => (await known(jobId)).records.events(jobId),
    storedView: async (jobId) => (await known(jobId)).records.storedView(jobId),
    report: async (jobId, form) => {
      const found = await known(jobId);
      const object = await found.records.object(`${jobId}/report.${form}`);
      if (!object) throw new StageflowError('no_report', { jobId, state: found.job.state });
      return textOf(object);
    },
    archive: async (report) => archiveOfRecords((await known(report.job.id)).records, report),
    bundle: async function* (jobId) {
      yield* (await known(jobId)).records.bundle(jobId);
    },
    take: async (bundle) => {
      if (!records) throw new StageflowError('file_not_found', { path: defaultDataFolder() });
      return records.take(bundle);
    },
    // Only an engine can end a job: it holds the pod, and writes the report of what was found.
    cancel: async (jobId) => {
      const { job } = await known(jobId);
      const say = (line: string) => process.stderr.write(`${printable(line)}\n`);
      const door = await openDoor({ isolation: job.spec.isolation, say });
      await door.cancel(jobId).finally(() => door.close());
    },
    remove: async (jobId) => (await known(jobId)).records.remove(jobId),
    close: async () => records?.close(),
  };
}
