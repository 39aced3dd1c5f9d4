import { runCommand } from './run-command.ts';
import type { CommandLine, CommandResult } from './run-command.ts';

/**
 * What Podman says when its records name running containers but not one process of them is left to join: after a hard stop of the
 * machine, or of a container that the engine lives in, whose `/run` outlived it. It then refuses every command.
 */
const STALE_STATE = /invalid internal status/;
/** Podman waits five seconds for each container that it takes for running. */
const MEND_MS = 300_000;

/**
 * Runs `podman <args>`; where Podman refuses because its records are stale, they are set right once and the command is run again.
 * Safe beside a live engine: as long as one container of the account lives, Podman joins it and never comes to refuse.
 */
export async function runMended(
  command: (args: readonly string[]) => CommandLine,
  args: readonly string[],
  options: { readonly input?: () => Buffer; readonly timeoutMs: number },
): Promise<CommandResult> {
  const run = () =>
    runCommand(command(args), {
      timeoutMs: options.timeoutMs,
      ...(options.input === undefined ? {} : { input: options.input() }),
    });
  const first = await run();
  if (first.code === 0 || !STALE_STATE.test(first.stderr)) return first;
  await runCommand(command(['system', 'migrate']), { timeoutMs: MEND_MS });
  return run();
}
