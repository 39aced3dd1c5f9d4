import { createHash } from 'node:crypto';
import { aggregate, type AggregateInput, readHistory, scannerResults } from '../aggregate/index.ts';
import { artifactKeys, readZstJson } from '../artifact/index.ts';
import type { Bus } from '../bus/port.ts';
import type { Failure } from '../event/index.ts';
import { asStageflowError, type Log } from '../kernel/index.ts';
import type { Ledger } from '../ledger/port.ts';
import { ensureReportTemplate, type Report, renderHtml, renderJson, renderScannerHtml } from '../report/index.ts';
import type { Manifest } from '../scanner/index.ts';
import type { ReportWriter } from './ports.ts';
import { type FencedStore, fencedStore } from './fenced-store.ts';
import { keepProvenance } from './provenance.ts';
import { ZIP_ORIGIN } from './session/assignment.ts';
import { whyNothing } from './why-nothing.ts';
import { ENGINE_VERSION } from './version.ts';

/** Most bytes one cell's findings may unpack to. */
const FINDINGS_BYTES = 64 * 2 ** 20;
/** The end of the year 9999: a later time has no form that readers of reports take. */
const LAST_INSTANT = 253_402_300_799_999;
/** Most bytes of a module's own page. */
const SCANNER_PAGE = 5 * 2 ** 20;

interface Deps {
  readonly ledger: Ledger;
  readonly store: FencedStore;
  readonly manifests: ReadonlyMap<string, Manifest>;
  readonly bus: Pick<Bus, 'facts'>;
  readonly log: Log;
}

/** Reads an object whole, up to `most` bytes; null when it is gone or larger. */
export async function readObject(store: Pick<FencedStore, 'get'>, key: string, most: number): Promise<Buffer | null> {
  const object = await store.get('scanner-artifacts', key);
  if (!object || object.size > most) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Builds a job's report from ledger and store, stores every form of it, and says what it came to. */
export function createReportWriter(deps: Deps): ReportWriter {
  const { ledger } = deps;
  return async (of, failure) => {
    const jobId = of.id;
    const store = fencedStore(deps, of);
    const [report, template] = await Promise.all([
      buildReport(jobId, failure, { ...deps, store }),
      ensureReportTemplate(),
    ]);
    const history = readHistory(ledger.events(jobId));
    const readArtifact = (key: string) => readObject(store, key, 16 * 2 ** 20);
    const put = (key: string, text: string) => store.put('scanner-artifacts', key, Buffer.from(text));
    for (const scanner of report.job.modules) {
      const results = scannerResults(jobId, scanner, deps.manifests.get(scanner)?.version ?? null, history);
      await put(artifactKeys.scannerResults(jobId, scanner), JSON.stringify(results));
      await put(
        artifactKeys.scannerReport(jobId, scanner),
        await renderScannerHtml(report, scanner, { template, readArtifact, budget: SCANNER_PAGE }),
      );
    }
    const json = await put(artifactKeys.reportJson(jobId), renderJson(report));
    const html = await put(artifactKeys.reportHtml(jobId), await renderHtml(report, { template, readArtifact }));
    const nothing = report.verdict.status === 'nothing' ? whyNothing(ledger.events(jobId)) : null;
    return {
      report: json,
      html,
      verdict: report.verdict.status === 'complete' ? 'complete' : 'incomplete',
      trustworthy: nothing === null,
      code: nothing?.code ?? null,
      about: nothing?.about ?? null,
      counts: report.summary.causes,
    };
  };
}

async function buildReport(jobId: string, failure: Failure | null, deps: Deps): Promise<Report> {
  const { ledger, store, manifests, bus, log } = deps;
  const job = ledger.job(jobId);
  if (!job) throw new TypeError(`no job ${jobId}`);
  const events = ledger.events(jobId);
  const provenance = await keepProvenance(job, { store, bus });
  const ended = events.findLast((e) => e.type === 'scan.events.completed');
  const failed = events.findLast((e) => e.type === 'jobs.events.failed');
  return aggregate({
    job: {
      id: jobId,
      attempt: job.attempt,
      createdAt: job.createdAt,
      finishedAt: ended?.time ?? null,
      failure: failed?.type === 'jobs.events.failed' ? failed.data.failure : failure,
    },
    spec: job.spec,
    siteOrigin: job.spec.source.kind === 'zip' ? ZIP_ORIGIN : null,
    history: events,
    manifests,
    ignores: setAside(jobId, ended?.time ?? job.updatedAt, ledger),
    loadFindings: async ({ key, sha256 }) => {
      const bytes = await readObject(store, key, FINDINGS_BYTES);
      // The event names the hash: an object that is not what it was is treated as gone.
      if (!bytes || createHash('sha256').update(bytes).digest('hex') !== sha256) return null;
      return readZstJson(bytes, FINDINGS_BYTES).catch((error: unknown) => {
        log.warn('findings could not be read', { jobId, key, code: asStageflowError(error).code });
        return null;
      });
    },
    artifacts: withoutHash(store.list('scanner-artifacts', artifactKeys.job(jobId))),
    provenance: {
      engine: ENGINE_VERSION,
      node: provenance.node,
      queue: { ...bus.facts },
      attempts: provenance.attempts,
    },
  });
}

/** What the job's tenant had set aside at a time; what had expired by then counts again. */
function setAside(jobId: string, time: number, { service }: Ledger): NonNullable<AggregateInput['ignores']> {
  const tenant = service.owners.tenantOf(jobId);
  // The list for null is everybody's.
  const rows = tenant === null ? [] : service.ignores.list(tenant);
  const held = rows.filter(({ expiresAt }) => expiresAt === null || expiresAt > time);
  return new Map(
    held.map(({ fingerprint, reason, createdBy, expiresAt }) => [
      fingerprint,
      {
        reason,
        owner: createdBy,
        until: expiresAt === null ? null : new Date(Math.min(expiresAt, LAST_INSTANT)).toISOString(),
      },
    ]),
  );
}

async function* withoutHash(objects: AsyncIterable<{ readonly key: string; readonly size: number }>) {
  for await (const { key, size } of objects) yield { key, size, sha256: null };
}
