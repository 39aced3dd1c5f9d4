import { doctor, printDoctor } from './doctor.ts';
import { judgeArchive } from './archive-verdict.ts';

/** `./stageflow doctor`: the machine's parts, or with `--archive` the intake's verdict on one file. */
export async function doctorCommand(options: { readonly json?: boolean; readonly archive?: string }): Promise<number> {
  if (options.archive !== undefined) return judgeArchive(options.archive, options.json === true);
  const result = await doctor({});
  process.stdout.write(options.json === true ? `${JSON.stringify(result, null, 2)}\n` : printDoctor(result));
  return result.exitCode;
}
