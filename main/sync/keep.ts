import { type ArtifactStore, createShareSigner, type S3Settings, storeCanary } from '@stageflow/engine/artifact';
import { asStageflowError, type Clock, type Log, StageflowError } from '@stageflow/engine/kernel';
import { z } from 'zod';
import { OWNER_BASE } from '../../server/local/dial.ts';
import { assertNarrowShareKey } from '../../server/ops/share-key.ts';
import type { Vault } from '../servers/vault.ts';
import { chosenFiles, filesOf, type UploadLine, uploadLines } from './choose.ts';
import type { NewTarget, Ticked } from './model.ts';
import { afterNews, lineUp, nextTurn, nextUpload, takenUp, Upload, type UploadNews } from './queue.ts';
import { sendFiles } from './send.ts';
import { engineSource } from './source.ts';
import { KeptTarget, keptTarget, openedTarget, settingsOf } from './target.ts';

/** What is kept in the ledger. */
const Kept = z.object({ target: KeptTarget.nullable(), queue: z.array(Upload) });
type Kept = z.infer<typeof Kept>;

/** What the window and the tray are told. */
export interface SyncState {
  /** The store that is connected, without its keys. */
  readonly target: { readonly endpoint: string; readonly canLink: boolean } | null;
  /** Oldest first. */
  readonly uploads: Upload[];
}

/** Reports on their way into an object store of the person's own. */
export interface Sync {
  readonly now: SyncState;
  /** Keeps a store once the person agreed, its keys work and the one for links can do no more than read; null forgets it. Uploads that wait go on there. */
  connect(target: NewTarget | null): Promise<SyncState>;
  /** What an upload would send, before anything is sent. */
  plan(jobId: string): Promise<UploadLine[]>;
  /** Lines a job up. Refused (`no_link_place`) without a store. */
  send(jobId: string, include: Ticked): Promise<SyncState>;
  /** A link to the report's page in the store, once it is there. Refused: `no_link_place`, and why it could not be uploaded. */
  link(jobId: string, days: number): Promise<{ readonly url: string; readonly expiresAt: string }>;
  onChange(tell: (state: SyncState) => void): void;
  /** Ends what is being sent; it goes on with the next start. */
  stop(): Promise<void>;
}

const ADDRESS = `http://localhost${OWNER_BASE}/desktop/sync`;
/** Progress is told at most this often. */
const CALM_MS = 250;
const DAY_S = 86_400;
/** What is being sent may end for so long when the app ends. */
const LEAVE_MS = 1_000;
const NOTHING: Ticked = { har: false, raw: false, traces: false, transcripts: false };

/** Opens the uploads; the queue is kept in the ledger by way of the engine, and read when one is there. */
export function openSync(options: {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly onReady: (then: () => void) => void;
  readonly vault: Vault;
  /** Whether the person wants reports to go there. */
  readonly agrees: (endpoint: string) => Promise<boolean>;
  readonly store: (settings: S3Settings) => ArtifactStore;
  readonly clock: Clock;
  readonly log: Log;
}): Sync {
  const { fetch, onReady, vault, agrees, store, clock, log } = options;
  const source = engineSource(fetch);
  const stopping = new AbortController();
  const listeners = new Set<(state: SyncState) => void>();
  let kept: Kept = { target: null, queue: [] };
  let reading: Promise<void> | null = null;
  let opened: { readonly settings: S3Settings; readonly store: ArtifactStore } | null = null;
  let working: Promise<void> | null = null;
  let timer: { cancel(): void } | null = null;
  let told = 0;

  const state = (): SyncState => ({
    target: kept.target && { endpoint: kept.target.endpoint, canLink: kept.target.canLink },
    uploads: kept.queue,
  });
  const tell = () => {
    told = clock.now();
    for (const listener of listeners) listener(state());
  };
  const read = () => {
    reading ??= (async () => {
      const answer = await fetch(new Request(ADDRESS));
      if (!answer.ok) throw new StageflowError('engine_away');
      const found = Kept.safeParse(await answer.json());
      if (found.success) kept = { ...found.data, queue: [...takenUp(found.data.queue)] };
      tell();
    })().catch((error: unknown) => {
      reading = null;
      throw error;
    });
    return reading;
  };
  /** Writes after the change is made, one after the other: the last word is the one that stays. */
  let writing: Promise<void> = Promise.resolve();
  const write = (): Promise<void> => {
    writing = writing
      .catch(() => {})
      .then(async () => {
        const answer = await fetch(new Request(ADDRESS, { method: 'PUT', body: JSON.stringify(kept) }));
        await answer.body?.cancel();
        if (!answer.ok) throw new StageflowError('engine_away');
      });
    return writing;
  };
  const happen = (jobId: string, news: UploadNews) => {
    kept = { ...kept, queue: [...afterNews(kept.queue, jobId, news)] };
    if (news.is !== 'further') void write().catch(() => {});
    if (news.is !== 'further' || clock.now() - told >= CALM_MS) tell();
  };

  const open = async () => {
    if (kept.target === null) throw new StageflowError('no_link_place');
    if (opened === null) {
      const settings = openedTarget(kept.target, vault);
      const made = store(settings);
      const ours = new Set(kept.queue.map(({ jobId }) => jobId));
      // What an earlier start had sent in part is nobody's any more.
      await made.prepare((jobId) => ours.has(jobId));
      opened = { settings, store: made };
    }
    return opened;
  };
  const sendOne = async ({ jobId, include }: Upload) => {
    const place = kept.target;
    try {
      const target = await open();
      const files = chosenFiles(filesOf(jobId, await source.stored(jobId)), include);
      const hashes = await source.hashes(jobId);
      const bytes = files.reduce((sum, { size }) => sum + size, 0);
      happen(jobId, { is: 'sending', files: files.length, bytes });
      let done = { files: 0, bytes: 0 };
      const further = ({ size }: { readonly size: number }) => {
        done = { files: done.files + 1, bytes: done.bytes + size };
        happen(jobId, { is: 'further', ...done });
      };
      await sendFiles({ source, target: target.store, jobId, files, hashes, stop: stopping.signal, further });
      // What arrived in a store that was forgotten or exchanged meanwhile is not where links lead now.
      if (kept.target !== place)
        throw new StageflowError('store_failed', { reason: 'another store was chosen meanwhile' });
      happen(jobId, { is: 'done' });
    } catch (thrown) {
      if (stopping.signal.aborted) return;
      const error = asStageflowError(thrown);
      const forGood = ['upload_damaged', 'job_not_found', 'no_vault', 'no_link_place'].includes(error.code);
      log.warn('an upload was broken off', { jobId, code: error.code, reason: error.message });
      happen(jobId, { is: 'broken off', reason: error.message, at: clock.now(), forGood });
    }
  };
  const work = () => {
    if (working !== null || stopping.signal.aborted || kept.target === null) return;
    timer?.cancel();
    working = (async () => {
      for (;;) {
        const one = nextUpload(kept.queue, clock.now());
        if (one === null || kept.target === null || stopping.signal.aborted) break;
        await sendOne(one);
      }
    })().finally(() => {
      working = null;
      const turn = nextTurn(kept.queue);
      if (turn !== null && !stopping.signal.aborted) timer = clock.after(Math.max(0, turn - clock.now()), work);
    });
  };
  onReady(() => void read().then(work, () => {}));
  void read().then(work, () => {});

  const line = async (jobId: string, include: Ticked) => {
    await read();
    if (kept.target === null) throw new StageflowError('no_link_place');
    // Whether there is such a job, and a report of it, is seen before it is lined up.
    if (!(await source.stored(jobId)).some(({ path }) => path === 'report.html'))
      throw new StageflowError('job_not_found', { jobId });
    kept = { ...kept, queue: [...lineUp(kept.queue, jobId, include)] };
    await write();
    tell();
    work();
  };
  const of = (jobId: string) => kept.queue.find((upload) => upload.jobId === jobId);
  /** Resolves when a job's upload is done; throws why its next try is broken off. */
  const arrived = (jobId: string) =>
    new Promise<void>((resolve, reject) => {
      const tries = of(jobId)?.tries ?? 0;
      const look = () => {
        const one = of(jobId);
        if (one?.state === 'done') return over(resolve);
        // Without a store its turn never comes.
        if (kept.target === null) return over(() => reject(new StageflowError('no_link_place')));
        if (one !== undefined && one.tries === tries) return;
        const error = new StageflowError('store_failed', { reason: 'the upload was given up' });
        error.message = one?.reason ?? error.message;
        over(() => reject(error));
      };
      const over = (end: () => void) => {
        listeners.delete(look);
        end();
      };
      listeners.add(look);
      look();
    });

  return {
    get now() {
      return state();
    },
    connect: async (target) => {
      await read();
      // What another store holds is not in this one: asked for again, it is compared with what is there and sent where it is missing.
      const waiting = () => kept.queue.filter(({ state }) => state !== 'done');
      if (target === null) {
        kept = { target: null, queue: waiting() };
      } else {
        const settings = settingsOf(target);
        const locked = keptTarget(target, vault);
        if (!(await agrees(settings.endpoint))) throw new StageflowError('cancelled');
        const made = store(settings);
        await made.prepare();
        const { ok, reason } = await storeCanary(made, clock);
        if (!ok) throw new StageflowError('store_failed', { reason: reason ?? 'it does not answer' });
        await assertNarrowShareKey(settings);
        kept = { target: locked, queue: waiting().map((one) => ({ ...one, notBefore: 0 })) };
      }
      opened = null;
      await write();
      tell();
      work();
      return state();
    },
    plan: async (jobId) => uploadLines(filesOf(jobId, await source.stored(jobId))),
    send: async (jobId, include) => {
      await line(jobId, include);
      return state();
    },
    link: async (jobId, days) => {
      await read();
      if (kept.target?.canLink !== true) throw new StageflowError('no_link_place');
      const before = of(jobId);
      if (before?.state !== 'done') {
        // What was ticked for an upload that failed was ticked for that one: a link sends what its dialog lists and no more.
        const include = before?.state === 'waiting' ? before.include : NOTHING;
        if (before?.state !== 'sending') await line(jobId, include);
        await arrived(jobId);
      }
      const signer = createShareSigner((await open()).settings, clock);
      if (signer === null) throw new StageflowError('no_link_place');
      const seconds = Math.round(days * DAY_S);
      return {
        url: signer.report(jobId, seconds),
        expiresAt: new Date(clock.now() + seconds * 1000).toISOString(),
      };
    },
    onChange: (tell) => void listeners.add(tell),
    stop: async () => {
      stopping.abort();
      timer?.cancel();
      // What hangs in a silent store ends with the process; the queue is kept already.
      await Promise.race([Promise.all([working, writing]).catch(() => {}), clock.sleep(LEAVE_MS)]);
    },
  };
}
