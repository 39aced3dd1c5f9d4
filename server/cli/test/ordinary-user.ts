import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StageflowError } from '@stageflow/engine/kernel';
import { saveImage } from '@stageflow/engine/preflight';
import { copyClone, environmentFor } from './clone-copy.ts';
import { asOne, type Counts } from './counts.ts';
import { ROOT, runProgram } from './run-program.ts';
import type { Telling } from './suite.ts';

/** The account under which the suite is run once more when the first run was root's. */
const NAME = 'stageflow-test';

/** Its home; the account is made when it is missing. */
function homeOfAccount(): string {
  if (spawnSync('id', [NAME]).status !== 0) {
    const made = spawnSync('useradd', ['--create-home', '--shell', '/bin/bash', NAME], { encoding: 'utf8' });
    if (made.status !== 0)
      throw new StageflowError('setup_needed', {
        what: `The account ${NAME}`,
        commands: `useradd --create-home ${NAME}`,
      });
  }
  const home = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${NAME}:`))
    ?.split(':')[5];
  if (!home) throw new StageflowError('internal', { reason: `the account ${NAME} has no home` });
  return home;
}

/**
 * A root-only pass is a fail: the same tree, in a folder of an ordinary user, through the launcher, integration suite only and in its
 * short form. Packages, programs and the scanner image are handed over. That run prints its own closing line; here it counts as one test.
 */
export async function asOrdinaryUser({ say, failed }: Telling): Promise<Counts> {
  const home = homeOfAccount();
  const copy = join(home, 'stageflow');
  const cache = process.env.STAGEFLOW_CACHE ?? join(ROOT, '.cache');
  // Not in /tmp, which may be a part of the memory.
  const folder = mkdtempSync('/var/tmp/stageflow-hand-over-');
  const image = join(folder, 'image.tar');
  chmodSync(folder, 0o755);
  say(`Handing this clone and its scanner image over to the ordinary user ${NAME}`);
  const saved = saveImage(image).then(
    () => true,
    (error: unknown) => {
      say(`The scanner image is built once more: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    },
  );
  try {
    await copyClone({ root: ROOT, cache }, copy);
    chmodSync(home, 0o755);
    spawnSync('chown', ['-R', `${NAME}:`, copy]);
    const env = {
      ...environmentFor({ name: NAME, home }, { env: process.env, cache, copy }),
      STAGEFLOW_SUITE: 'short',
      ...((await saved) ? { STAGEFLOW_IMAGE_TAR: image } : {}),
    };
    say(`Running the integration suite again as the ordinary user ${NAME}, in its short form`);
    const start = ['--reuid', NAME, '--regid', NAME, '--init-groups', './stageflow', 'test', '--ci', '--integration'];
    const counts = asOne(await runProgram('setpriv', start, { cwd: copy, env }));
    if (counts.failed > 0)
      failed({
        title: `the integration suite as ${NAME}`,
        reason: 'its failures are named above its own closing line',
      });
    return counts;
  } finally {
    await saved; // It still writes when the copy failed.
    rmSync(folder, { recursive: true, force: true });
  }
}
