import { archiveVerdict, type ArchiveVerdict, outsideVerdict } from '@stageflow/engine';
import { errorRow, EXIT, isErrorCode } from '@stageflow/engine/kernel';
import { prepareMachine } from '@stageflow/engine/preflight';
import { printable } from './scan/progress.ts';

/** `./stageflow doctor --archive FILE`: the verdict that a scan's intake would give, and its exit code. */
export async function judgeArchive(path: string, json: boolean): Promise<number> {
  const say = (line: string) => process.stderr.write(`${printable(line)}\n`);
  const verdict = (await outsideVerdict(path)) ?? (await insideVerdict(path, say));
  if (json) process.stdout.write(`${JSON.stringify({ file: path, ...verdict }, null, 2)}\n`);
  else for (const line of [verdict.sentence, ...verdict.notes]) process.stdout.write(`${printable(line)}\n`);
  if (verdict.code === null) return verdict.verdict === 'accept' ? EXIT.pass : EXIT.usage;
  return isErrorCode(verdict.code) ? errorRow(verdict.code).exit : EXIT.usage;
}

async function insideVerdict(path: string, say: (line: string) => void): Promise<ArchiveVerdict> {
  await prepareMachine({ say, isolation: 'pod', bringNats: false });
  return archiveVerdict(path, say);
}
