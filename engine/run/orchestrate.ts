import type { DurableSpec } from '../bus/port.ts';
import { durablesOf, TERMINAL } from '../event/index.ts';
import type { StageflowEvent } from '../event/index.ts';
import type { JobRow } from '../ledger/port.ts';
import type { EnginePorts } from './ports.ts';
import { project } from './project.ts';
import { noteRecord } from './record.ts';

/** Messages of one durable that are read at once: those of many jobs share a transaction and wait for the queue together. Each job's own come one by one. */
const AT_ONCE = 16;

/**
 * The readers of all contract durables: transitions through the orchestrator's, views through the projection's. Receiving an event does
 * the pure transition only; what it asks for is carried out by the job's owner. `take` answers whether this engine takes a new job:
 * then its first transition waits in the owner's hand until there is room, and the message is done with once the record is ours.
 */
export async function startReaders(
  ports: EnginePorts,
  take: (job: JobRow) => Promise<boolean>,
  onMoved: (jobId: string) => void,
): Promise<{ stop(): Promise<void> }> {
  const orchestrate = async (event: StageflowEvent) => {
    const job = ports.ledger.job(event.jobId);
    // An imported or removed job's event finds no row: nothing to move.
    if (!job) return;
    if (event.type === 'jobs.events.created' && job.state === 'PENDING' && (await take(job))) return;
    const moved = await ports.ledger.receiveTogether(event);
    onMoved(moved.id);
    await noteRecord(moved, ports);
  };
  const fold = async (event: StageflowEvent) => {
    const view = project(ports.ledger, event.jobId);
    // A view that lags is folded on when it is read; the last word must not be acknowledged before the whole view is stored.
    if (view !== null && TERMINAL.has(view.state)) await ports.ledger.settled();
  };
  const readerOf = (spec: DurableSpec) => (spec.durable.startsWith('orchestrator-') ? orchestrate : fold);
  const readers = await Promise.all(
    durablesOf(ports.node).map((spec) => ports.bus.consume(spec, readerOf(spec), AT_ONCE)),
  );
  return {
    stop: async () => {
      await Promise.all(readers.map((reader) => reader.stop()));
    },
  };
}
