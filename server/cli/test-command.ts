import { EXIT } from '@stageflow/engine/kernel';
import { prepareMachine, takeImage } from '@stageflow/engine/preflight';
import { add, closingLine, type Counts, NONE, part } from './test/counts.ts';
import { bringObjectStores } from './test/object-stores.ts';
import { bringSchemathesis } from './test/public-fuzzer.ts';
import { asOrdinaryUser } from './test/ordinary-user.ts';
import { leftOutOfShort, oneByOne, SIDE_BY_SIDE } from './test/side-by-side.ts';
import type { Failure } from './test/results.ts';
import { checks, suite, type Telling } from './test/suite.ts';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const lineOf =
  (word: string) =>
  ({ title, reason }: Failure) =>
    `${word}: ${title}\n    ${reason.replaceAll('\n', '\n    ')}`;

/** Sets up the machine, runs this project's tests and prints one closing line. Throws what `prepareMachine` throws. */
export async function testCommand(
  files: readonly string[],
  options: { readonly ci?: boolean; readonly integration?: boolean },
): Promise<number> {
  const handedOver = process.env.STAGEFLOW_IMAGE_TAR;
  // Without it the image is built, which is slower and no failure.
  if (handedOver) await takeImage(handedOver).catch((error: Error) => say(error.message));
  const { natsServer } = await prepareMachine({ say, isolation: 'pod' });
  // Tests of the queue start servers of their own.
  process.env.STAGEFLOW_NATS_SERVER = natsServer ?? '';
  // Some tests open what we make in a browser of this machine, or run without pods.
  await prepareMachine({ say, isolation: 'process' });
  // Named tests and the short suite take the servers that are here.
  const short = process.env.STAGEFLOW_SUITE === 'short';
  const whole = files.length === 0 && !short;
  const stores = whole ? bringObjectStores(say) : Promise.resolve();
  stores.catch(() => undefined); // Looked at below; the parts before it take minutes.
  if (whole) bringSchemathesis(say);

  let total = NONE;
  const failures: Failure[] = [];
  const unsteady: Failure[] = [];
  const tell: Telling = {
    say,
    failed: (failure) => void failures.push(failure),
    unsteady: (failure) => void unsteady.push(failure),
  };
  const secondTry = options.ci === true;
  const run = async (name: string, work: () => Promise<Counts>): Promise<void> => {
    total = add(total, await part(name, work, tell.failed));
  };
  if (options.integration !== true && files.length === 0) await run('The checks', () => checks(tell));
  if (options.integration !== true) await run('The unit suite', () => suite('unit', { files, secondTry }, tell));
  // A compiler at work beside them would fail tests that watch the clock.
  await run('The object stores', () => stores.then(() => NONE));
  if (files.length > 0) {
    await run('The integration suite', () => suite('integration', { files, secondTry }, tell));
  } else {
    await run('The integration suite, two at a time', () =>
      suite('integration', { files: SIDE_BY_SIDE, workers: 2, secondTry }, tell),
    );
    const all = oneByOne();
    const left = short ? all.filter(leftOutOfShort) : [];
    for (const file of left) say(`skipped: ${file} [STAGEFLOW_SUITE=short]`);
    await run('The integration suite', () =>
      suite('integration', { files: all.filter((file) => !left.includes(file)), secondTry }, tell),
    );
  }
  if (options.ci === true && process.getuid?.() === 0)
    await run('The integration suite as an ordinary user', () => asOrdinaryUser(tell));
  for (const line of unsteady.map(lineOf('unsteady, passed when run again alone'))) say(line);
  for (const line of failures.map(lineOf('failed'))) say(line);
  process.stdout.write(`${closingLine(total)}\n`);
  return total.failed === 0 && total.passed > 0 ? EXIT.pass : EXIT.policyFailed;
}
