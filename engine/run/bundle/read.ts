import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { z } from 'zod';
import { type ArtifactStore, belongsTo, type Bucket, stagingKeys, type StoredObject } from '../../artifact/index.ts';
import { checkEvent, type JobState, type StageflowEvent } from '../../event/index.ts';
import { asStageflowError, StageflowError } from '../../kernel/index.ts';
import type { Ledger } from '../../ledger/port.ts';
import type { KeyedAnswer } from '../../ledger/index.ts';
import type { Intakes } from '../intakes.ts';
import { BUNDLE_FILES, BUNDLE_LIMITS, type BundleLimits, BundleJob, BundleManifest } from './format.ts';
import { namedObjects } from '../../event/named-objects.ts';
import { readTar, type TarFile } from './tar.ts';

interface Ports {
  readonly ledger: Ledger;
  readonly store: ArtifactStore;
  readonly intakes: Pick<Intakes, 'importing' | 'became' | 'abandon'>;
}

/** Whose the job becomes, and what the request that brings it is answered with once it is there. */
interface Receiver {
  readonly owner: string;
  readonly answer?: (jobId: string, state: JobState) => KeyedAnswer | undefined;
}

const refused = (reason: string) => new StageflowError('bundle_refused', { reason });
/** Bytes of the first and the last file. */
const HEAD_BYTES = 64 * 1024;
const MANIFEST_BYTES = 64 * 2 ** 20;

/** Ids that are being taken in at the moment, so that two bundles of one job never write over each other's objects. */
const atWork = new Set<string>();

async function readText(file: TarFile, most: number): Promise<string> {
  if (file.size > most) throw refused(`${file.name} is too large`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.body) chunks.push(chunk);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw refused(`${file.name} is not text`);
  }
}

function parseAs<T extends z.ZodType>(schema: T, name: string, text: string): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused(`${name} is not JSON`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw refused(`${name} does not have the form it should`);
  return parsed.data;
}

/** Events that are looked at before others get their turn. */
const EVENTS_AT_ONCE = 200;

async function parseEvents(text: string): Promise<StageflowEvent[]> {
  const events: StageflowEvent[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    if (events.length % EVENTS_AT_ONCE === EVENTS_AT_ONCE - 1) await setImmediate();
    try {
      events.push(checkEvent(JSON.parse(line)));
    } catch (error) {
      const { code } = asStageflowError(error);
      throw refused(
        code === 'future_event' ? 'a newer Stageflow wrote it' : `event ${events.length + 1} cannot be read`,
      );
    }
  }
  return events;
}

/** Bucket and key of an object's name, which has to lie in the job's own folder. */
function placeOf(jobId: string, name: string): { bucket: Bucket; key: string } {
  const [, bucket = '', key = ''] = /^objects\/(scanner-artifacts|scanner-staging)\/(.+)$/.exec(name) ?? [];
  if (bucket === 'scanner-artifacts' && belongsTo(jobId, key)) return { bucket, key };
  const filename = key.slice(stagingKeys.job(jobId).length);
  if (bucket === 'scanner-staging' && key.startsWith(stagingKeys.job(jobId)) && /^[\w.-]{1,200}\.zip$/.test(filename)) {
    return { bucket, key: stagingKeys.archive(jobId, filename) };
  }
  throw refused(`${name.slice(0, 200)} is not an object of its job`);
}

/**
 * Takes in a bundle that anybody may have made: every part is bounded, checked and held to its hash, and nothing of it stays when anything is wrong.
 * Its objects are named in the ledger first, so that what a killed engine leaves of them is gone when the next one starts. Its events are stored
 * and never published. Returns the job's id. Refusals: `job_exists`, `bundle_refused`, `too_large`.
 */
export async function importJob(
  ports: Ports,
  body: AsyncIterable<Uint8Array>,
  { owner, answer }: Receiver,
  limits: BundleLimits = BUNDLE_LIMITS,
): Promise<string> {
  const files = readTar(bounded(body, limits.totalBytes));
  let claimed: string | null = null;
  let stored = false;
  const next = async (wanted: string): Promise<TarFile> => {
    const { done, value } = await files.next();
    if (done === true || value.name !== wanted) throw refused(`${wanted} is not where it should be`);
    return value;
  };
  try {
    const head = parseAs(BundleJob, BUNDLE_FILES.job, await readText(await next(BUNDLE_FILES.job), HEAD_BYTES));
    const { jobId, parent } = head;
    if (ports.ledger.job(jobId) || atWork.has(jobId)) throw new StageflowError('job_exists', { jobId });
    atWork.add(jobId);
    claimed = jobId;
    ports.intakes.importing(jobId);
    const text = await readText(await next(BUNDLE_FILES.events), limits.eventBytes);
    const events = await parseEvents(text);
    const objects = new Map<string, StoredObject & { readonly bucket: Bucket }>();
    for (;;) {
      const { done, value: file } = await files.next();
      if (done === true) throw refused('it ends without its list of contents');
      if (file.name === BUNDLE_FILES.manifest) {
        const manifest = parseAs(BundleManifest, file.name, await readText(file, MANIFEST_BYTES));
        assertWhole(manifest, events.length, text, objects);
        break;
      }
      const { bucket, key } = placeOf(jobId, file.name);
      if (objects.size >= limits.objects || file.size > limits.objectBytes) throw refused('it holds too much');
      if (objects.has(`${bucket}/${key}`)) throw refused(`${key} is in it twice`);
      objects.set(`${bucket}/${key}`, { ...(await ports.store.put(bucket, key, file.body)), bucket });
    }
    if ((await files.next()).done !== true) throw refused('something comes after its list of contents');
    assertNamed(jobId, events, objects);
    ports.ledger.importJob({ id: jobId, parent, owner, events, answer: (state) => answer?.(jobId, state) });
    stored = true;
    ports.intakes.became(jobId);
    return jobId;
  } finally {
    await files.return(undefined);
    if (claimed !== null) {
      if (!stored) await ports.intakes.abandon(claimed);
      atWork.delete(claimed);
    }
  }
}

async function* bounded(body: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > most) throw new StageflowError('too_large', { limit: `${Math.floor(most / 2 ** 20)} MiB` });
    yield chunk;
  }
}

function assertWhole(
  manifest: BundleManifest,
  events: number,
  text: string,
  objects: ReadonlyMap<string, StoredObject>,
): void {
  if (manifest.events !== events || manifest.eventsSha256 !== createHash('sha256').update(text).digest('hex')) {
    throw refused('its history is not the one that was exported');
  }
  if (manifest.objects.length !== objects.size) throw refused('objects are missing in it');
  for (const { bucket, key, size, sha256 } of manifest.objects) {
    const found = objects.get(`${bucket}/${key}`);
    if (found?.sha256 !== sha256 || found.size !== size) throw refused(`${key} is not what was exported`);
  }
}

/** What the events name must be of this job and, where it came along, be what they say. */
function assertNamed(
  jobId: string,
  events: readonly StageflowEvent[],
  objects: ReadonlyMap<string, StoredObject>,
): void {
  for (const { key, sha256 } of events.flatMap(namedObjects)) {
    if (!belongsTo(jobId, key)) throw refused('its history names objects of another job');
    const found = objects.get(`scanner-artifacts/${key}`);
    if (found && found.sha256 !== sha256) throw refused(`${key} is not what its history says`);
  }
}
