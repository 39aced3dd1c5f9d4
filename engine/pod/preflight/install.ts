import { readdirSync, statSync } from 'node:fs';
import { StageflowError } from '../../kernel/index.ts';
import { proxySettings } from '../image/index.ts';
import { runCommand, runOk } from '../host/index.ts';
import type { CommandLine } from '../host/index.ts';
import { findProgram } from './programs.ts';
import { asShell } from './system-packages.ts';
import type { SetupStep } from './system-packages.ts';

type Say = (line: string) => void;

/** Carries out steps, naming each first. Throws `setup_needed` with all of them as one command line when we may not or cannot. */
export async function carryOut(
  steps: readonly SetupStep[],
  say: Say,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  if (steps.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  const refuse = (why: string): never => {
    const what = [...new Set(steps.map((step) => step.what))].join('; ');
    throw new StageflowError('setup_needed', { what: `${why}: ${what}`, commands: asShell(steps, isRoot) });
  };
  if (env.STAGEFLOW_NO_INSTALL) refuse('Nothing is installed because STAGEFLOW_NO_INSTALL is set. Something');
  const apt = findProgram('apt-get');
  if (apt === null && steps.some((step) => step.command[0] === 'apt-get'))
    refuse('This system has no apt-get. Something of these packages');
  const become = await rootPrefix(isRoot);
  if (become === null && steps.some((step) => step.root))
    refuse('Root rights are needed and sudo is not to be had. Something');
  if (steps.some((step) => step.command[0] === 'apt-get') && !hasFreshLists()) {
    say('Reading the package lists (apt-get update)');
    await runCommand(elevated(['apt-get', 'update'], become ?? []), { timeoutMs: 300_000 });
  }
  for (const step of steps) {
    say(`Installing ${step.what}: ${asShell([step], isRoot)}`);
    await carryOutOne(step, become ?? []);
  }
}

async function carryOutOne(step: SetupStep, become: readonly string[]): Promise<void> {
  const command = elevated(step.command, step.root ? become : []);
  let done = await runCommand(command, { timeoutMs: 1_800_000 });
  if (done.code !== 0 && step.command[0] === 'apt-get') {
    // Lists that are a few days old name versions that the mirror has already dropped.
    await runCommand(elevated(['apt-get', 'update'], become), { timeoutMs: 300_000 });
    done = await runCommand(command, { timeoutMs: 1_800_000 });
  }
  if (done.code === 0) return;
  const reason =
    done.stderr
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .at(-1) ?? `exit code ${done.code}`;
  throw new StageflowError('setup_needed', {
    what: `${step.what} could not be installed (${reason.slice(0, 160)}) and`,
    commands: asShell([step], become.length === 0),
  });
}

function elevated(command: readonly string[], become: readonly string[]): CommandLine {
  const settings = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    ...proxySettings(),
  };
  const apt = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' };
  const [program = '', ...rest] = command;
  // Another installation, of ours or the system's own nightly one, may hold dpkg's lock for a while.
  const args = program === 'apt-get' ? ['-o', 'DPkg::Lock::Timeout=300', ...rest] : rest;
  if (become.length === 0) return { file: program, args, env: { ...settings, ...apt }, cwd: '/' };
  // sudo empties the environment, so that what apt needs is set behind it.
  const assignments = Object.entries({ ...apt, ...proxySettings() }).map(([name, value]) => `${name}=${value}`);
  const [sudo = 'sudo', ...flags] = become;
  return { file: sudo, args: [...flags, 'env', ...assignments, program, ...args], env: settings, cwd: '/' };
}

/** How to become root: nothing for root itself, sudo without a question where it is allowed, sudo with one on a terminal, else null. */
async function rootPrefix(isRoot: boolean): Promise<string[] | null> {
  if (isRoot) return [];
  const sudo = findProgram('sudo');
  if (sudo === null) return null;
  if (await runOk(elevated([sudo, '-n', 'true'], []))) return [sudo, '-n'];
  return process.stdin.isTTY ? [sudo] : null;
}

/** True when apt has package lists of the last week. */
function hasFreshLists(folder = '/var/lib/apt/lists'): boolean {
  try {
    const weekAgo = Date.now() - 7 * 86_400_000;
    return readdirSync(folder).some(
      (name) => name.includes('_Packages') && statSync(`${folder}/${name}`).ctimeMs > weekAgo,
    );
  } catch {
    return false;
  }
}
