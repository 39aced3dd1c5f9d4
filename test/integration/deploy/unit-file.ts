import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of units under test. */
export const DEPLOY = join(import.meta.dirname, '../../../server/deploy');

/** A unit as its sections, each a list of keys and values in order (keys repeat). */
export type Unit = ReadonlyMap<string, readonly (readonly [key: string, value: string])[]>;

/** Reads a unit file in systemd's form: sections, `Key=value`, comments. Anything else is an error with its line. */
export function readUnit(path: string): Unit {
  const sections = new Map<string, [string, string][]>();
  let current: [string, string][] | null = null;
  readFileSync(join(DEPLOY, path), 'utf8')
    .split('\n')
    .forEach((line, at) => {
      if (line.trim() === '' || /^[#;]/.test(line)) return;
      const section = /^\[(\w+)\]$/.exec(line);
      const entry = /^(\w+)=(.*)$/.exec(line);
      if (section?.[1]) sections.set(section[1], (current = []));
      else if (entry?.[1] !== undefined && current) current.push([entry[1], entry[2] ?? '']);
      else throw new Error(`${path}:${at + 1} is no line of a unit: ${line}`);
    });
  return sections;
}

/** Values of a key. */
export const valuesOf = (unit: Unit, section: string, key: string): string[] =>
  (unit.get(section) ?? []).filter(([name]) => name === key).map(([, value]) => value);

/** Keys of `[Container]` that Podman 4.4, the oldest with Quadlet, knows (podman-systemd.unit(5) of that version). */
export const QUADLET_4_4 = new Set(
  (
    'AddCapability Annotation ContainerName DropCapability Environment EnvironmentFile EnvironmentHost Exec ExposeHostPort Group Image Label ' +
    'Network NoNewPrivileges Notify PodmanArgs PublishPort ReadOnly RunInit SeccompProfile Timezone User UserNS VolatileTmp Volume'
  ).split(' '),
);

/** What stands in for parts of the described machine while a test starts a unit. */
export interface StandIns {
  readonly name: string;
  readonly image: string;
  /** Host side of each volume: unit name or path as written -> what is used. */
  readonly volumes: Readonly<Record<string, string>>;
  readonly environmentFile: string;
  /** Ports are not published but the host's own. */
  readonly hostNetwork: boolean;
}

/** `podman run` for a container unit, as the generator would write it, with the stand-ins and free ports on the host's side. */
export function runArguments(unit: Unit, standIns: StandIns): string[] {
  const all = (key: string) => valuesOf(unit, 'Container', key);
  const words = (text: string) => text.split(' ').filter((word) => word !== '');
  const volumes = all('Volume').map((text) => {
    const [from = '', ...rest] = text.split(':');
    const instead = standIns.volumes[from];
    if (instead === undefined) throw new Error(`the test has nothing for the volume ${from}`);
    return [instead, ...rest].join(':');
  });
  return [
    'run',
    '--detach',
    '--rm',
    '--name',
    standIns.name,
    '--env-file',
    standIns.environmentFile,
    ...(standIns.hostNetwork
      ? ['--network', 'host']
      : all('PublishPort').flatMap((text) => ['--publish', text.replace(/^127\.0\.0\.1:\d+:/, '127.0.0.1::')])),
    ...volumes.flatMap((volume) => ['--volume', volume]),
    ...(all('ReadOnly').includes('true') ? ['--read-only'] : []),
    ...(all('NoNewPrivileges').includes('true') ? ['--security-opt', 'no-new-privileges'] : []),
    ...(all('RunInit').includes('true') ? ['--init'] : []),
    ...all('DropCapability').flatMap((name) => ['--cap-drop', name]),
    ...all('PodmanArgs').flatMap(words),
    standIns.image,
    ...all('Exec').flatMap(words),
  ];
}
