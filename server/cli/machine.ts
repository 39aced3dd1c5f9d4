import { join } from 'node:path';
import { defaultDataFolder, type LocalEngine, openLocalEngine } from '@stageflow/engine';
import { createLog, type Log, type LogLevel, silentLog } from '@stageflow/engine/kernel';
import { prepareMachine } from '@stageflow/engine/preflight';

/** Folder of the scanners beside this program. */
export const SCANNERS = join(import.meta.dirname, '../../scanners');

/** The log that STAGEFLOW_LOG asks for (`debug`, `info`, `warn`, `error`), on stderr; silent otherwise. */
export function machineLog(env: NodeJS.ProcessEnv = process.env): Log {
  const level = env.STAGEFLOW_LOG;
  if (level === undefined || !['debug', 'info', 'warn', 'error'].includes(level)) return silentLog;
  return createLog(level as LogLevel, (line) => process.stderr.write(`${line}\n`));
}

/** Test settings: which keys a runner trusts beside the usual ones. Read from a file that only tests write. */
function testTrust(env: NodeJS.ProcessEnv): { spki: string[]; pem: string } | null {
  const text = env.STAGEFLOW_TEST_TRUST;
  return text === undefined ? null : (JSON.parse(text) as { spki: string[]; pem: string });
}

/** Sets up the machine where needed (naming each thing first) and opens this person's engine on it. */
export async function openMachineEngine(options: {
  readonly isolation: 'pod' | 'process';
  readonly say: (line: string) => void;
}): Promise<LocalEngine> {
  const { env } = process;
  const log = machineLog(env);
  const machine = await prepareMachine({ say: options.say, isolation: options.isolation });
  return openLocalEngine({
    folder: defaultDataFolder(env),
    scanners: SCANNERS,
    natsServer: machine.natsServer,
    say: options.say,
    surroundings: { testTrust: testTrust(env), chromium: options.isolation === 'process' ? machine.chromium : null },
    node: env.STAGEFLOW_NODE ?? 'main',
    log,
  });
}
