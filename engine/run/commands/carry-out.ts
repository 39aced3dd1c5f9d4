import type { Command } from '../../fsm/index.ts';
import type { StoredArtifact } from '../../scanner/index.ts';
import type { Hand } from '../hand.ts';
import { aggregate } from './aggregate.ts';
import { failJob } from './fail-job.ts';
import { runPods } from './run-pods.ts';
import { writePartialReport } from './write-partial-report.ts';

/**
 * The interpreter of the table's commands: carries them out in order. False when the hand was told to leave, or could not record the
 * end: the commands are then still pending, and are begun again by whoever has the job next.
 */
export async function carryOut(commands: readonly Command[], hand: Hand): Promise<boolean> {
  const { jobId, attempt, ports } = hand;
  let report: StoredArtifact | null = null;
  for (const command of commands) {
    switch (command.kind) {
      case 'runPods':
        if (!(await runPods(hand))) return false;
        break;
      case 'aggregate':
        if (!(await aggregate(hand))) return false;
        break;
      case 'writePartialReport':
        report = await writePartialReport({ id: jobId, attempt }, command.failure, ports);
        break;
      case 'failJob':
        if (!failJob({ jobId, attempt, failure: command.failure, report }, ports)) return false;
        break;
    }
  }
  return true;
}
