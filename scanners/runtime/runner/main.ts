/**
 * The runner's process: takes its assignment over stdin and stdout, does it, and ends.
 * Exit 0 when the engine has no more work, 1 when it could not go on (the reason went to the engine as `fatal`).
 */
import { connectEngine, endProcess, fatalError } from '../channel/index.ts';
import type { WarmRunner } from './warm-up.ts';

const channel = connectEngine();
// From the first moment: the wait for an assignment lasts as long as an archive takes to unpack, or until a warm pod gets its job.
const stopHeartbeat = channel.heartbeat();
let exitCode = 0;
try {
  const assigned = channel.assignment();
  // The browser's library takes its time, and the engine has none to lose: an assignment waits for the archive to be unpacked.
  const loading = import('./run.ts');
  // A failure to load is told where the module is needed.
  loading.catch(() => {});
  let assignment = await assigned;
  let warm: WarmRunner | null = null;
  while (assignment.role === 'warm-up') {
    const { warmUp } = await loading;
    // Told twice when a pod that stood ready takes a job whose archive is still being unpacked.
    warm ??= await warmUp(assignment, channel);
    // Asking again says that all is up; the answer comes with the job.
    assignment = await channel.assignment();
  }
  if (assignment.role !== 'runner') throw new TypeError('this process is a runner and was given other work');
  const { runAssignment } = await loading;
  await runAssignment(assignment, channel, warm);
  stopHeartbeat();
} catch (thrown) {
  const error = fatalError(thrown);
  exitCode = 1;
  process.stderr.write(
    `${JSON.stringify({ level: 'error', message: error.message, code: error.code, cause: String(error.cause ?? '') })}\n`,
  );
  await channel.send({ type: 'fatal', code: error.code, reason: error.reason.slice(0, 1000) }).catch(() => {});
}
await channel.close().catch(() => {});
endProcess(exitCode);
