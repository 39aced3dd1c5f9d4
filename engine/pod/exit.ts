import { StageflowError } from '../kernel/index.ts';
import type { ExitReport } from './runtime.ts';

/** Podman's own exit codes: it failed itself, or the command could not be run or found. */
const PODMAN_CODES: readonly (number | null)[] = [125, 126, 127];

/** Exit code of a process that was ended by SIGKILL. */
const KILLED = 137;

/** The coded failure behind a container that ended while it was needed. Code 0 is a failure too: nobody had told it to go. */
export function exitFailure(report: ExitReport): StageflowError {
  const about = { role: report.role, exitCode: report.exitCode ?? 'by a signal' };
  const cause = report.stderr;
  if (report.failure?.code === 'fenced')
    return new StageflowError('fenced', { ...about, jobId: report.failure.reason });
  if (report.failure !== undefined)
    return new StageflowError(report.failure.code, { ...about, reason: report.failure.reason }, { cause });
  if (report.oomKilled) return new StageflowError('pod_oom', about, { cause });
  if (PODMAN_CODES.includes(report.exitCode)) {
    return new StageflowError('podman_failed', { ...about, reason: lastWords(report.stderr) }, { cause });
  }
  if (report.lost === true) return new StageflowError('pod_lost', about, { cause });
  // Nothing within a container can do this to its first process.
  if (report.exitCode === KILLED) return new StageflowError('pod_killed', about, { cause });
  return new StageflowError('pod_crashed', about, { cause });
}

/** The last line of what Podman said, without its own decoration, as a reason in a sentence. */
export function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/level=(warning|info)/.test(line));
  const line = lines.at(-1) ?? '';
  const said = /msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1]?.replaceAll('\\"', '"') ?? line;
  return (
    said
      .replace(/^Error:\s*/, '')
      .trim()
      .slice(0, 300) || 'it ended without a word'
  );
}
