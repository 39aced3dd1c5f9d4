/**
 * The command line's front: which command, and nothing else. Parse, call and print live in the commands' own files.
 * Enters: argv. Leaves: an exit code of the contract. It must never hold a decision about scanning.
 */
import { asStageflowError, EXIT } from '@stageflow/engine/kernel';
import { explain } from './explain.ts';
import { buildProgram } from './program.ts';

const interrupted = new AbortController();
let presses = 0;
process.on('SIGINT', () => {
  presses += 1;
  // The first Ctrl-C ends the scan cleanly; the second one ends the process, and the containers end with it.
  if (presses > 1) process.exit(EXIT.interrupted);
  interrupted.abort();
});
process.on('SIGTERM', () => interrupted.abort());
// A reader that went away (`| head`) is no fault of the scan.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
// Node would print a stack and exit 1, which means that a gate failed: a fault of ours must never look like a verdict.
const broken = (thrown: unknown) => {
  process.stderr.write(`${explain(asStageflowError(thrown), process.env.STAGEFLOW_DEBUG === '1')}\n`);
  process.exit(EXIT.environment);
};
process.on('uncaughtException', broken);
process.on('unhandledRejection', broken);

try {
  process.exitCode = await buildProgram(interrupted.signal).run(process.argv.slice(2));
} catch (thrown) {
  const error = asStageflowError(thrown);
  process.stderr.write(`${explain(error, process.env.STAGEFLOW_DEBUG === '1')}\n`);
  process.exitCode = error.row.exit;
}
