import type { StateFolders } from './folders.ts';
import type { Identity } from './identity.ts';
import type { CommandLine } from './run-command.ts';

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What Podman may see of the world: its own folders and settings, a path, a language; nothing of the engine's environment. */
export function podmanEnvironment(
  identity: Identity,
  folders: StateFolders,
  bus: string | null,
): Record<string, string> {
  return {
    HOME: folders.home,
    PATH: SYSTEM_PATH,
    LANG: 'C.UTF-8',
    XDG_RUNTIME_DIR: folders.runtime,
    CONTAINERS_CONF: `${folders.config}/containers.conf`,
    CONTAINERS_STORAGE_CONF: `${folders.config}/storage.conf`,
    ...(bus === null ? {} : { DBUS_SESSION_BUS_ADDRESS: bus }),
    ...(identity.kind === 'engine-user' ? { USER: identity.name, LOGNAME: identity.name } : {}),
  };
}

/** A program run by the user that Podman runs as. Root steps down with `setpriv`, which then replaces itself, so signals reach the program. */
export function commandAs(
  identity: Identity,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): CommandLine {
  if (identity.kind !== 'engine-user') return { file: program, args, env, cwd };
  return {
    file: '/usr/bin/setpriv',
    args: [
      `--reuid=${identity.uid}`,
      `--regid=${identity.gid}`,
      '--init-groups',
      '--inh-caps=-all',
      '--',
      program,
      ...args,
    ],
    env,
    cwd,
  };
}

/** A podman machine (macOS, Windows) keeps its own settings; it needs the person's home to find its socket. */
export function machineEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const names = [
    'HOME',
    'PATH',
    'USERPROFILE',
    'APPDATA',
    'LOCALAPPDATA',
    'SystemRoot',
    'TMPDIR',
    'TEMP',
    'CONTAINER_HOST',
  ];
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
