import { isErrorCode, StageflowError } from '@stageflow/engine/kernel';
import type { Log } from '@stageflow/engine/kernel';
import type {
  CellFindings,
  CellOutcome,
  ContainerMessage,
  GuardedFetch,
  JobFacts,
  PageContext,
  PutEvidence,
  StoredArtifact,
} from '@stageflow/engine/sdk';
import { type EngineChannel, isStoreAway } from '../channel/index.ts';
import { countFindings, fitFindings, packJson } from './result.ts';
import type { LoadedScanner } from './scanner-modules.ts';

/** What a cell has come to before it is stored. */
export interface CellDraft {
  readonly scanner: LoadedScanner;
  readonly outcome: CellOutcome;
  readonly error: StageflowError | null;
  readonly raw: unknown;
  readonly findings: CellFindings | null;
  readonly evidence: StoredArtifact[];
  readonly milliseconds: number;
}

/** What every cell of a job shares. */
export interface CellTools {
  readonly channel: Pick<EngineChannel, 'putArtifact' | 'send'>;
  readonly job: JobFacts;
  readonly fetch: GuardedFetch;
  readonly log: Log;
}

/** Stores under `<scanner>/evidence/<page>/<name>` and remembers the receipt. */
export function evidencePutter(
  channel: Pick<EngineChannel, 'putArtifact'>,
  scanner: string,
  pageId: string,
  kept: StoredArtifact[],
): PutEvidence {
  return async (name, bytes) => {
    const safe =
      name
        .replace(/[^A-Za-z0-9._-]/g, '-')
        .replace(/^[^A-Za-z0-9]+/, '')
        .slice(0, 80) || 'evidence';
    const stored = await channel.putArtifact(`${scanner}/evidence/${pageId}/${safe}`, bytes);
    kept.push(stored);
    return stored.key;
  };
}

/** How often a cell whose time is up looks whether its evidence is stored at last, in milliseconds. */
const STORING_LOOK = 500;

/** Runs one step of a scanner with its manifest's time limit; what it throws becomes the cell's outcome and nothing else's, but for a store that stays away. */
export async function runCell(
  loaded: LoadedScanner,
  pageId: string,
  tools: CellTools,
  collect: (tools: { putEvidence: PutEvidence; signal: AbortSignal; log: Log }) => Promise<unknown>,
  audit: (raw: unknown) => CellFindings,
): Promise<CellDraft> {
  const { manifest } = loaded;
  const started = performance.now();
  const evidence: StoredArtifact[] = [];
  const abort = new AbortController();
  const seconds = manifest.timeoutSeconds;
  let timer: NodeJS.Timeout | undefined;
  const draft = (
    outcome: CellOutcome,
    error: StageflowError | null,
    raw: unknown,
    findings: CellFindings | null,
  ): CellDraft => ({
    scanner: loaded,
    outcome,
    error,
    raw,
    findings,
    evidence,
    milliseconds: performance.now() - started,
  });
  const putEvidence = evidencePutter(tools.channel, loaded.id, pageId, evidence);
  let storing = 0;
  try {
    const limit = new Promise<never>((_, reject) => {
      const out = () => {
        // While the store is away the scanner waits for the engine and not the other way round.
        if (storing > 0) timer = setTimeout(out, STORING_LOOK);
        else reject(new StageflowError('cell_timeout', { scanner: loaded.id, seconds }));
      };
      timer = setTimeout(out, seconds * 1000);
    });
    const work = collect({
      putEvidence: async (name, bytes) => {
        storing += 1;
        try {
          return await putEvidence(name, bytes);
        } finally {
          storing -= 1;
        }
      },
      signal: abort.signal,
      log: tools.log.child({ scanner: loaded.id, pageId }),
    });
    work.catch(() => {});
    const raw = await Promise.race([work, limit]);
    // What is audited is what is stored, so that a replay sees the same.
    const plain: unknown = JSON.parse(JSON.stringify(raw ?? null));
    return draft('ok', null, plain, fitFindings(audit(plain), loaded.id));
  } catch (thrown) {
    // No fault of the cell: the whole attempt cannot go on, and the engine waits for its store.
    if (isStoreAway(thrown)) throw thrown;
    const error = cellError(thrown, loaded.id);
    tools.log.warn('a cell failed', { scanner: loaded.id, pageId, code: error.code, reason: error.message });
    const outcome: CellOutcome =
      error.code === 'cell_timeout' ? 'timeout' : error.code === 'not_measurable' ? 'not-measurable' : 'failed';
    return draft(outcome, error, null, null);
  } finally {
    clearTimeout(timer);
    abort.abort(new StageflowError('cell_timeout', { scanner: loaded.id, seconds }));
  }
}

const OWN_CODES = new Set(['cell_timeout', 'cell_failed', 'not_measurable', 'page_crashed', 'asset_blocked']);

function cellError(thrown: unknown, scanner: string): StageflowError {
  if (thrown instanceof StageflowError && OWN_CODES.has(thrown.code)) return thrown;
  const code = (thrown as { code?: unknown } | null)?.code;
  if (typeof code === 'string' && isErrorCode(code) && code === 'not_measurable')
    return new StageflowError('not_measurable', { reason: String((thrown as Error).message) });
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new StageflowError(
    'cell_failed',
    { scanner, reason: (message.split('\n')[0] ?? '').slice(0, 400) },
    { cause: thrown },
  );
}

/** A cell's results as the bytes that are stored, or the failure that they cannot be. */
function packed(draft: CellDraft): {
  readonly draft: CellDraft;
  readonly raw: Buffer | null;
  readonly findings: Buffer | null;
} {
  const nothing = { raw: null, findings: null };
  if (draft.outcome !== 'ok' || draft.findings === null) return { draft, ...nothing };
  const { id } = draft.scanner;
  try {
    return { draft, raw: packJson(draft.raw, id), findings: packJson(draft.findings, id) };
  } catch (thrown) {
    return {
      draft: { ...draft, outcome: 'failed', error: cellError(thrown, id), raw: null, findings: null },
      ...nothing,
    };
  }
}

/** Stores a cell's objects, then tells the engine: an event may name only what is stored. */
export async function finishCell(given: CellDraft, pageId: string, channel: CellTools['channel']): Promise<void> {
  const { draft, ...bytes } = packed(given);
  const id = draft.scanner.id;
  const [raw, findings] = await Promise.all([
    bytes.raw && channel.putArtifact(`${id}/cells/${pageId}.json.zst`, bytes.raw),
    bytes.findings && channel.putArtifact(`${id}/cells/${pageId}.findings.json.zst`, bytes.findings),
  ]);
  const message: ContainerMessage = {
    type: 'cell.done',
    pageId,
    scanner: id,
    outcome: draft.outcome,
    code: draft.error?.code ?? null,
    reason: draft.error?.reason.slice(0, 1000) ?? null,
    raw,
    findings,
    evidence: uniqueByKey(draft.evidence).slice(0, 500),
    counts: countFindings(draft.findings?.findings ?? []),
    milliseconds: draft.milliseconds,
  };
  await channel.send(message);
}

function uniqueByKey(artifacts: readonly StoredArtifact[]): StoredArtifact[] {
  return [...new Map(artifacts.map((a) => [a.key, a])).values()];
}

/** The context of a page cell. */
export type PageCellContext = Omit<PageContext, 'putEvidence' | 'signal' | 'log' | 'options'>;

/** Runs a scanner of the page lane on a loaded page. */
export function runPageCell(loaded: LoadedScanner, context: PageCellContext, tools: CellTools): Promise<CellDraft> {
  const { scanner, manifest, options } = loaded;
  if (scanner.lane !== 'page')
    throw new StageflowError('internal', { reason: `${loaded.id} is not a scanner of the page lane` });
  return runCell(
    loaded,
    context.pageId,
    tools,
    (more) => scanner.collect({ ...context, ...more, options }),
    (raw) => scanner.audit(raw, { manifest, job: context.job, options }),
  );
}
