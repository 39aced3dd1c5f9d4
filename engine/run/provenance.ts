import { artifactKeys } from '../artifact/index.ts';
import type { JobRow } from '../ledger/port.ts';
import { type FencedStore, fencedStore } from './fenced-store.ts';
import type { AttemptFacts, EnginePorts } from './ports.ts';

/** What `provenance.json` holds: how and on what each attempt ran. */
export interface Provenance {
  readonly jobId: string;
  readonly attempts: readonly AttemptFacts[];
  readonly queue: { readonly kind: string; readonly server: string; readonly reducedDurability: boolean };
  readonly node: string;
  readonly isolation: string;
  readonly inputSha256: string | null;
}

const MOST_BYTES = 16 * 2 ** 20;

/** The stored provenance of a job, or null before its first attempt ended. */
async function readProvenance(jobId: string, ports: Pick<Ports, 'store'>): Promise<Provenance | null> {
  const object = await ports.store.get('scanner-artifacts', artifactKeys.provenance(jobId));
  if (!object || object.size > MOST_BYTES) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Provenance;
}

/** What saving it takes. */
type Ports = { readonly store: Pick<FencedStore, 'get' | 'put'> } & { readonly bus: Pick<EnginePorts['bus'], 'facts'> };

/** Stores a job's provenance with these attempts in it. */
async function save(job: JobRow, attempts: readonly AttemptFacts[], { store, bus }: Ports): Promise<Provenance> {
  const provenance: Provenance = {
    jobId: job.id,
    attempts,
    queue: bus.facts,
    node: process.version,
    isolation: job.spec.isolation,
    inputSha256: job.spec.source.kind === 'zip' ? job.spec.source.sha256 : null,
  };
  await store.put('scanner-artifacts', artifactKeys.provenance(job.id), Buffer.from(JSON.stringify(provenance)));
  return provenance;
}

/**
 * The provenance that a report is written with: what its attempts left, or, where the engine or the store was killed before they could
 * leave anything, what is known without them. It is stored when this resolves. Throws what the store throws.
 */
export async function keepProvenance(job: JobRow, ports: Ports): Promise<Provenance> {
  return (await readProvenance(job.id, ports)) ?? save(job, [], ports);
}

/** Adds one attempt to the job's provenance. A store that cannot take it is logged, never a failed job. */
export async function saveAttemptFacts(job: JobRow, facts: AttemptFacts, ports: EnginePorts): Promise<void> {
  try {
    const fenced = { bus: ports.bus, store: fencedStore(ports, job) };
    const before = await readProvenance(job.id, fenced);
    await save(job, [...(before?.attempts ?? []).filter((a) => a.attempt !== facts.attempt), facts], fenced);
  } catch (error) {
    ports.log.warn('the provenance of an attempt could not be stored', { jobId: job.id, error });
  }
}
