import { z } from 'zod';

/** What `podman` says of itself on a system where it runs in a machine of its own. */
export interface PodmanFacts {
  /** As in `podman version 5.4.2`; null when there is no such program. */
  readonly version: string | null;
  /** What is known of the machine that commands go to; null for none, and `broken` with Podman's own words when it could not say. */
  readonly machine: Machine | { readonly broken: string } | null;
}

/** A machine of Podman. */
export interface Machine {
  readonly name: string;
  readonly state: 'running' | 'starting' | 'stopped';
  /** Containers in it run as its root, which gives up a wall. */
  readonly isRootful: boolean;
}

/** What can be done about a step: by this app, or by the person with a command that is shown. */
export type Remedy =
  | { readonly by: 'app'; readonly act: MachineAct; readonly word: string }
  | { readonly by: 'person'; readonly command: string };

/** What this app does with Podman's machine. It never stops, changes or removes one. */
export type MachineAct = 'init' | 'start';

/** A step on the way to a computer that can scan. */
export interface MachineStep {
  readonly id: 'podman' | 'machine' | 'started' | 'rootless';
  readonly title: string;
  /** `now`: this one is to be mended; `later`: it is looked at when those before it are done. */
  readonly state: 'done' | 'now' | 'waits' | 'later';
  /** One sentence for the state. */
  readonly detail: string;
  readonly remedy: Remedy | null;
}

/** The oldest Podman that the engine takes. */
const OLDEST = [4, 3] as const;
const INSTALL: Readonly<Record<string, string>> = {
  darwin: 'brew install podman',
  win32: 'winget install RedHat.Podman',
};

const List = z.array(
  z.object({
    Name: z.string(),
    Default: z.boolean().optional(),
    Running: z.boolean().optional(),
    Starting: z.boolean().optional(),
  }),
);
const Inspected = z.array(z.object({ Name: z.string(), Rootful: z.boolean().optional() }));

/** Version in the answer of `podman --version`; null when there is none in it. Pure. */
export const readVersion = (text: string): string | null => /\b(\d+\.\d+(?:\.\d+)?)/.exec(text)?.[1] ?? null;

/** The machine in the answers of `podman machine list` and `podman machine inspect`, both as JSON: the default one, else the first. Pure. */
export function readMachine(list: string, inspected: string): PodmanFacts['machine'] {
  try {
    const all = List.parse(JSON.parse(list));
    const one = all.find((machine) => machine.Default === true) ?? all[0];
    if (one === undefined) return null;
    // Older ones mark the default one with a star behind its name.
    const name = one.Name.replace(/\*$/, '');
    const known = Inspected.safeParse(JSON.parse(inspected === '' ? '[]' : inspected));
    const isRootful = known.success && known.data.find((machine) => machine.Name === name)?.Rootful === true;
    const state = one.Running === true ? 'running' : one.Starting === true ? 'starting' : 'stopped';
    return { name, state, isRootful };
  } catch {
    return { broken: list.trim().slice(0, 500) || 'Podman said nothing about its machines.' };
  }
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

type Found = Pick<MachineStep, 'state' | 'detail' | 'remedy'>;

function podmanStep(platform: string, version: string | null): Found {
  const command = INSTALL[platform] ?? 'sudo apt-get install -y podman';
  if (version === null) return { state: 'now', detail: 'Podman was not found.', remedy: { by: 'person', command } };
  if (!isOld(version)) return { state: 'done', detail: `Podman ${version} is there.`, remedy: null };
  // Debian's tool renews what it is told to install.
  const renew = command.startsWith('sudo apt-get') ? command : command.replace(' install ', ' upgrade ');
  return {
    state: 'now',
    detail: `Podman ${version} is too old; ${OLDEST.join('.')} or newer is needed.`,
    remedy: { by: 'person', command: renew },
  };
}

function machineStep(machine: PodmanFacts['machine']): Found {
  if (machine === null)
    return {
      state: 'now',
      detail: 'Podman has no machine yet. It takes about 1 GB to fetch, and usually a few minutes.',
      remedy: { by: 'app', act: 'init', word: 'Make the machine' },
    };
  if ('broken' in machine)
    return {
      state: 'now',
      detail: `Podman cannot say what machines it has: ${machine.broken}`,
      remedy: { by: 'person', command: 'podman machine list' },
    };
  return { state: 'done', detail: `The machine ${machine.name} is there.`, remedy: null };
}

function startedStep({ name, state }: Machine): Found {
  if (state === 'running') return { state: 'done', detail: `The machine ${name} runs.`, remedy: null };
  if (state === 'starting') return { state: 'waits', detail: `The machine ${name} is starting.`, remedy: null };
  return {
    state: 'now',
    detail: `The machine ${name} is stopped. Starting it usually takes 20 to 60 seconds.`,
    remedy: { by: 'app', act: 'start', word: 'Start the machine' },
  };
}

function rootlessStep({ name, isRootful }: Machine): Found {
  if (!isRootful) return { state: 'done', detail: 'Containers run without the rights of its root.', remedy: null };
  return {
    state: 'now',
    detail: 'Containers run with the rights of the machine’s root, which gives up a wall around hostile pages.',
    remedy: { by: 'person', command: `podman machine stop ${name} && podman machine set --rootful=false ${name}` },
  };
}

const TITLES = {
  podman: 'Podman is installed',
  machine: 'Podman has a machine',
  started: 'The machine runs',
  rootless: 'The machine is rootless',
} as const;

/** The way to a Podman that scans, from wherever this computer is now: what is done stays done, the first thing that is not is to be mended, the rest comes later. Pure. */
export function machineSteps(platform: string, facts: PodmanFacts): readonly MachineStep[] {
  const { machine } = facts;
  const known = machine !== null && !('broken' in machine) ? machine : null;
  // Elsewhere containers need no machine.
  const hasMachines = platform === 'darwin' || platform === 'win32';
  const found: readonly (readonly [MachineStep['id'], (() => Found) | null])[] = [
    ['podman', () => podmanStep(platform, facts.version)],
    ...(hasMachines
      ? ([
          ['machine', () => machineStep(machine)],
          ['started', known && (() => startedStep(known))],
          ['rootless', known && (() => rootlessStep(known))],
        ] as const)
      : []),
  ];
  let isOpen = true;
  return found.map(([id, look]) => {
    const later: Found = { state: 'later', detail: '', remedy: null };
    const step = isOpen && look !== null ? look() : later;
    isOpen &&= step.state === 'done';
    return { id, title: TITLES[id], ...step };
  });
}

/** What `podman` is called with for an act. Pure. */
export function machineCommand(act: MachineAct): readonly string[] {
  // What the engine's own check of a machine asks for.
  if (act === 'init') return ['machine', 'init', '--cpus', '2', '--memory', '4096', '--disk-size', '30'];
  return ['machine', 'start'];
}
