import { RecordConflict } from '../bus/port.ts';
import type { JobRow } from '../ledger/port.ts';
import type { EnginePorts } from './ports.ts';

/** How long a job's record stays ours without being renewed. */
export const LEASE_MS = 60_000;

/** Name under which this engine owns jobs. */
export function ownerName(ports: Pick<EnginePorts, 'node' | 'engineId'>): string {
  return `${ports.node}/${ports.engineId}`;
}

/** A lost race is read again and judged again; three losers in a row mean someone else is really working on it. */
async function thrice(move: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      return await move();
    } catch (error) {
      if (!(error instanceof RecordConflict)) throw error;
    }
  }
  return false;
}

/**
 * Writes this engine as owner of a job into its record, with attempt, state and lease; called again it renews, and makes a lost record
 * anew. False when a newer attempt stands there, or another engine holds the same one.
 */
export function claimRecord(job: JobRow, ports: EnginePorts): Promise<boolean> {
  const { bus, clock } = ports;
  const owner = ownerName(ports);
  // A new job has no record: to ask first would cost each of them a round trip.
  let isNew = job.attempt === 1 && job.state === 'PENDING';
  return thrice(async () => {
    const wanted = {
      jobId: job.id,
      state: job.state,
      owner,
      attempt: job.attempt,
      leaseUntil: clock.now() + LEASE_MS,
      seq: job.seq,
    };
    const stored = isNew ? null : await bus.records.get(job.id);
    isNew = false;
    if (!stored) {
      await bus.records.create(wanted);
      return true;
    }
    const { attempt, owner: other, leaseUntil } = stored.record;
    if (attempt > job.attempt) return false;
    if (attempt === job.attempt && other !== null && other !== owner && leaseUntil > clock.now()) return false;
    await bus.records.update(wanted, stored.revision);
    return true;
  });
}

/** Writes a job's state into its record and leaves the owner as it is: what an engine does that only received an event. */
export async function noteRecord(job: JobRow, ports: EnginePorts): Promise<void> {
  const { records } = ports.bus;
  await thrice(async () => {
    const stored = await records.get(job.id);
    const { id: jobId, state, attempt, seq } = job;
    if (!stored) await records.create({ jobId, state, attempt, seq, owner: null, leaseUntil: 0 });
    else if (stored.record.attempt <= attempt)
      await records.update({ ...stored.record, state, attempt, seq }, stored.revision);
    return true;
  });
}

/** Gives the record of a job back: nobody owns it until somebody claims it. Another engine's is left alone. */
export async function giveRecordBack(job: JobRow, ports: EnginePorts): Promise<void> {
  await thrice(async () => {
    const stored = await ports.bus.records.get(job.id);
    if (stored?.record.owner !== ownerName(ports)) return false;
    const { state, seq } = job;
    await ports.bus.records.update({ ...stored.record, state, seq, owner: null, leaseUntil: 0 }, stored.revision);
    return true;
  });
}
