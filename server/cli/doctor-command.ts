import { judgeArchive } from './archive-verdict.ts';
import { doctor, printDoctor } from './doctor.ts';

/** `./stageflow doctor`: the machine's parts, with `--server` also what a server needs, or with `--archive` the intake's verdict on one file. */
export async function doctorCommand(options: {
  readonly json?: boolean;
  readonly archive?: string;
  readonly server?: boolean;
}): Promise<number> {
  if (options.archive !== undefined) return judgeArchive(options.archive, options.json === true);
  const checks = options.server === true ? (await import('./doctor-server/checks.ts')).SERVER_CHECKS : undefined;
  const result = await doctor(checks === undefined ? {} : { checks });
  process.stdout.write(options.json === true ? `${JSON.stringify(result, null, 2)}\n` : printDoctor(result));
  return result.exitCode;
}
