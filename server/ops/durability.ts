import { StageflowError } from '@stageflow/engine/kernel';

/**
 * Refuses to serve on a queue that cannot write through to the disk (nats-server before 2.10): what was answered with 202 could be lost with the
 * machine's power. One command of a person may take that risk unasked, a server only when its owner says so.
 */
export function assertDurable(
  queue: { readonly server: string; readonly reducedDurability: boolean },
  accepted: boolean,
): void {
  if (!queue.reducedDurability || accepted) return;
  throw new StageflowError('setup_needed', {
    what: `A nats-server from 2.10 on (${queue.server} can lose accepted jobs at a power loss)`,
    commands: './stageflow doctor, or accept it with ./stageflow server --allow-reduced-durability',
  });
}
