import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { StageflowError } from '../../kernel/index.ts';
import { runCommand, runOk, runPiped } from '../host/index.ts';
import type { CommandLine, CommandResult, PodmanHost } from '../host/index.ts';
import { machineMirrors, sourcesList } from './apt-mirror.ts';
import type { ImageContents } from './contents.ts';

type Say = (line: string) => void;

/** Makes sure that the base image is in our storage: from the registry where it answers, else bootstrapped from Debian's mirror. */
export async function ensureBase(host: PodmanHost, contents: ImageContents, say: Say): Promise<void> {
  const { baseRef, recipe } = contents;
  if (await runOk(host.command(['image', 'exists', baseRef]))) return;
  if (await registryAnswers(recipe.registryBase)) {
    say(`Base system: ${recipe.registryBase}`);
    const pulled = await runCommand(host.command(['pull', '--quiet', recipe.registryBase]), { timeoutMs: 300_000 });
    if (pulled.code === 0 && (await runOk(host.command(['tag', recipe.registryBase, baseRef])))) return;
  }
  const mirrors = machineMirrors(readAptSources(), { main: recipe.mirror, security: recipe.securityMirror });
  say(`Base system: Debian ${recipe.suite} from ${mirrors.main}`);
  const lines = sourcesList(recipe.suite, mirrors);
  const importer = host.command(['import', '--quiet', '--change', 'ENV LANG=C.UTF-8', '-', baseRef]);
  const built = existsSync('/usr/bin/mmdebstrap')
    ? await runPiped(mmdebstrap(host, recipe.suite, lines), importer, { timeoutMs: 900_000 })
    : await debootstrap(recipe.suite, mirrors.main, importer);
  if (built.code !== 0) {
    const reason = built.stderr
      .trim()
      .split('\n')
      .filter((line) => /^E:|error/i.test(line))
      .at(-1);
    throw new StageflowError('image_missing', {
      reason: `the base system could not be made (${reason ?? 'no base tool worked'})`,
    });
  }
}

/** As the Podman user, in a user namespace: no root rights are needed, only subordinate ids. */
function mmdebstrap(host: PodmanHost, suite: string, sources: readonly string[]): CommandLine {
  const args = [
    '--mode=unshare',
    '--variant=minbase',
    '--format=tar',
    '--include=ca-certificates',
    suite,
    '-',
    ...sources,
  ];
  return { ...host.as('/usr/bin/mmdebstrap', args, { TMPDIR: '/var/tmp', ...proxySettings() }), cwd: '/' };
}

/** The older tool; it works only as root. */
async function debootstrap(suite: string, mirror: string, importer: CommandLine): Promise<CommandResult> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/sbin/debootstrap')) {
    throw new StageflowError('setup_needed', {
      what: 'mmdebstrap, which makes the base system of the scanner image,',
      commands: 'sudo apt-get install -y --no-install-recommends mmdebstrap',
    });
  }
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', ...proxySettings() };
  const folder = mkdtempSync('/var/tmp/stageflow-base-');
  try {
    const args = ['--variant=minbase', '--include=ca-certificates', suite, folder, mirror];
    const made = await runCommand({ file: '/usr/sbin/debootstrap', args, env, cwd: '/' }, { timeoutMs: 900_000 });
    if (made.code !== 0) return { ...made, stderr: made.stdout + made.stderr };
    return await runPiped({ file: 'tar', args: ['-C', folder, '-c', '.'], env, cwd: '/' }, importer, {
      timeoutMs: 300_000,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Proxy settings of the machine; only tools that fetch packages get them, never a pod. */
export function proxySettings(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

function readAptSources(): string[] {
  const folder = '/etc/apt/sources.list.d';
  const parts = existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];
  return ['/etc/apt/sources.list', ...parts]
    .filter((file) => /\.(list|sources)$/.test(file) && existsSync(file))
    .map((file) => readFileSync(file, 'utf8'));
}

/** True when the registry of an image answers within two seconds; behind a wall that drops packets nobody should wait a minute. */
async function registryAnswers(image: string): Promise<boolean> {
  const host = image.split('/')[0] === 'docker.io' ? 'registry-1.docker.io' : image.split('/')[0];
  try {
    const answer = await fetch(`https://${host}/v2/`, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(2000),
    });
    return answer.status === 200 || answer.status === 401;
  } catch {
    return false;
  }
}
