/**
 * The runner's process: takes its assignment over stdin and stdout, does it, and ends.
 * Exit 0 when the engine has no more work, 1 when it could not go on (the reason went to the engine as `fatal`).
 */
import { asStageflowError } from '@stageflow/engine/kernel';
import { connectEngine, endProcess } from '../channel/index.ts';

const channel = connectEngine();
let exitCode = 0;
try {
  const assigned = channel.assignment();
  // The browser's library takes its time, and the engine has none to lose: an assignment waits for the archive to be unpacked.
  const loading = import('./run.ts');
  // A failure to load is told where the module is needed.
  loading.catch(() => {});
  const assignment = await assigned;
  if (assignment.role !== 'runner') throw new TypeError('this process is a runner and was given other work');
  const stopHeartbeat = channel.heartbeat(assignment.heartbeatSeconds);
  const { runAssignment } = await loading;
  await runAssignment(assignment, channel);
  stopHeartbeat();
} catch (thrown) {
  const error = asStageflowError(thrown);
  exitCode = 1;
  process.stderr.write(
    `${JSON.stringify({ level: 'error', message: error.message, code: error.code, cause: String(error.cause ?? '') })}\n`,
  );
  await channel.send({ type: 'fatal', code: error.code, reason: error.reason.slice(0, 1000) }).catch(() => {});
}
await channel.close().catch(() => {});
endProcess(exitCode);
