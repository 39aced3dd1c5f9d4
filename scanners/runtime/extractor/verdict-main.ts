/**
 * Prints the verdict on one archive as JSON: `node verdict-main.ts FILE`, or `-` for standard input (the way into a container
 * that has no mounts). Exit 0 accepted, 4 nothing to scan in it, 2 refused or not readable.
 */
import { asStageflowError, StageflowError } from '@stageflow/engine/kernel';
import { archiveVerdict, streamVerdict } from './verdict.ts';

try {
  const [path] = process.argv.slice(2);
  if (path === undefined) throw new StageflowError('usage', { problem: 'No archive was named.' });
  const verdict = path === '-' ? await streamVerdict(process.stdin) : await archiveVerdict(path);
  process.stdout.write(`${JSON.stringify(verdict)}\n`);
  process.exitCode = verdict.verdict === 'refuse' ? 2 : verdict.code === null ? 0 : 4;
} catch (error) {
  const failure = asStageflowError(error);
  process.stderr.write(`${failure.message}\n`);
  process.exitCode = failure.row.exit;
}
