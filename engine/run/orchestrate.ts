import type { DurableSpec } from '../bus/port.ts';
import { RecordConflict } from '../bus/port.ts';
import { durablesOf } from '../event/index.ts';
import type { StageflowEvent } from '../event/index.ts';
import type { JobRow } from '../ledger/port.ts';
import type { EnginePorts } from './ports.ts';
import { project } from './project.ts';

/** How long a job's record stays ours without being renewed. */
export const LEASE_MS = 60_000;

/** Name under which this engine owns jobs. */
export function ownerName(ports: Pick<EnginePorts, 'node' | 'engineId'>): string {
  return `${ports.node}/${ports.engineId}`;
}

/** Writes owner, attempt, state and lease of a job into its record; a newer attempt there wins (false). */
export async function moveRecord(job: JobRow, ports: EnginePorts): Promise<boolean> {
  const wanted = {
    jobId: job.id,
    state: job.state,
    owner: ownerName(ports),
    attempt: job.attempt,
    leaseUntil: ports.clock.now() + LEASE_MS,
    seq: job.seq,
  };
  // A lost race is read again and judged again; three losers in a row mean someone else is really working on it.
  for (let tries = 0; tries < 3; tries += 1) {
    const stored = await ports.bus.records.get(job.id);
    try {
      if (!stored) await ports.bus.records.create(wanted);
      else if (stored.record.attempt > job.attempt) return false;
      else await ports.bus.records.update(wanted, stored.revision);
      return true;
    } catch (error) {
      if (!(error instanceof RecordConflict)) throw error;
    }
  }
  return false;
}

/** The readers of all contract durables: transitions through the orchestrator's, views through the projection's. */
export async function startReaders(
  ports: EnginePorts,
  onMoved: (job: JobRow, event: StageflowEvent) => void,
): Promise<{ stop(): Promise<void> }> {
  const orchestrate = async (event: StageflowEvent) => {
    // An imported or removed job's event finds no row: nothing to move.
    if (!ports.ledger.job(event.jobId)) return;
    const job = ports.ledger.receive(event);
    await moveRecord(job, ports);
    onMoved(job, event);
  };
  const fold = async (event: StageflowEvent) => {
    project(ports.ledger, event.jobId);
  };
  const readerOf = (spec: DurableSpec) => (spec.durable.startsWith('orchestrator-') ? orchestrate : fold);
  const readers = await Promise.all(durablesOf(ports.node).map((spec) => ports.bus.consume(spec, readerOf(spec))));
  return {
    stop: async () => {
      await Promise.all(readers.map((reader) => reader.stop()));
    },
  };
}
