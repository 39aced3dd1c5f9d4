import { createHash } from 'node:crypto';
import { artifactKeys, type ArtifactStore, type Bucket, stagingKeys } from '../../artifact/index.ts';
import { TERMINAL } from '../../event/index.ts';
import { StageflowError } from '../../kernel/index.ts';
import type { Ledger } from '../../ledger/port.ts';
import { BUNDLE_FILES, type BundleJob, type BundleManifest } from './format.ts';
import { type TarFile, writeTar } from './tar.ts';

const PAGE = 500;

const whole = (name: string, text: string): TarFile => {
  const bytes = Buffer.from(text);
  return {
    name,
    size: bytes.length,
    body: (async function* () {
      yield bytes;
    })(),
  };
};

/**
 * A job that has ended as one tar stream: its history, its objects and its archive, with the hash of each. Nothing of it is held in memory. Refused
 * (`conflict`) while the job runs; what goes missing on the way breaks the stream off.
 */
export function exportJob(
  { ledger, store }: { readonly ledger: Ledger; readonly store: ArtifactStore },
  jobId: string,
): AsyncIterable<Uint8Array> {
  const job = ledger.job(jobId);
  if (!job) throw new StageflowError('job_not_found', { jobId });
  if (!TERMINAL.has(job.state)) throw new StageflowError('conflict', { jobId, state: job.state, action: 'its export' });

  /** Lines of the history as it is now; what joins it later is not part of this bundle. */
  function* lines(): Generator<string> {
    for (let seq = 0; seq < (job?.seq ?? 0); ) {
      const events = ledger.events(jobId, seq, PAGE).filter((event) => event.seq <= (job?.seq ?? 0));
      if (events.length === 0) return;
      for (const event of events) yield `${JSON.stringify(event)}\n`;
      seq = events.at(-1)?.seq ?? seq;
    }
  }

  async function* files(): AsyncGenerator<TarFile> {
    const head: BundleJob = { format: 'stageflow-job', version: 1, jobId, parent: job?.parent ?? null };
    yield whole(BUNDLE_FILES.job, JSON.stringify(head));
    let size = 0;
    for (const line of lines()) size += Buffer.byteLength(line);
    const history = createHash('sha256');
    let events = 0;
    yield {
      name: BUNDLE_FILES.events,
      size,
      body: (async function* () {
        for (const line of lines()) {
          history.update(line);
          events += 1;
          yield Buffer.from(line);
        }
      })(),
    };
    const objects: BundleManifest['objects'] = [];
    const places: readonly (readonly [Bucket, string])[] = [
      ['scanner-artifacts', artifactKeys.job(jobId)],
      ['scanner-staging', stagingKeys.job(jobId)],
    ];
    for (const [bucket, folder] of places) {
      for await (const { key, size } of store.list(bucket, folder)) {
        const hash = createHash('sha256');
        yield {
          name: `${BUNDLE_FILES.objects}${bucket}/${key}`,
          size,
          // Asked for with the first read and not before: an answer that nobody reads would keep its file open.
          body: (async function* () {
            for await (const chunk of (await store.get(bucket, key))?.body ?? []) {
              hash.update(chunk);
              yield chunk;
            }
          })(),
        };
        objects.push({ bucket, key, size, sha256: hash.digest('hex') });
      }
    }
    const manifest: BundleManifest = { events, eventsSha256: history.digest('hex'), objects };
    yield whole(BUNDLE_FILES.manifest, JSON.stringify(manifest));
  }
  return writeTar(files());
}
