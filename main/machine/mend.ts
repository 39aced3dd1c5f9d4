import { StageflowError } from '@stageflow/engine/kernel';
import {
  type MachineAct,
  machineCommand,
  type MachineStep,
  machineSteps,
  readMachine,
  readVersion,
} from './podman-machine.ts';

/** Runs a program to its end. */
export interface Programs {
  /** Gives what it answered, or what it complained of when it answered nothing; null when there is no such program. `line` gets each line of both as it comes. */
  run(
    file: string,
    args: readonly string[],
    line?: (text: string) => void,
  ): Promise<{ readonly code: number; readonly text: string } | null>;
}

/** What the window shows of Podman's machine. */
export interface MachineState {
  readonly steps: MachineStep[];
  /** What is being done; null for nothing. */
  readonly doing: MachineAct | null;
  /** What Podman said while it was done, the last lines. */
  readonly said: string[];
}

/** Podman's machine: looked at, made and started. */
export interface MachineMender {
  read(): Promise<MachineState>;
  /** Does one thing, unless something is being done already. Resolves when it is begun; `onChange` tells how it goes on. */
  mend(act: MachineAct): Promise<MachineState>;
  onChange(tell: (state: MachineState) => void): void;
}

/** Lines that are kept. */
const MOST_SAID = 200;

/** Opens it. Every look begins anew, so that whatever a person did meanwhile is seen. */
export function openMachine(programs: Programs, platform: string): MachineMender {
  const listeners = new Set<(state: MachineState) => void>();
  let doing: MachineAct | null = null;
  let said: string[] = [];
  let steps: MachineStep[] = [];
  const text = async (...args: string[]) => (await programs.run('podman', args))?.text ?? null;
  const look = async (): Promise<MachineState> => {
    const version = await text('--version');
    const hasMachines = version !== null && (platform === 'darwin' || platform === 'win32');
    const list = hasMachines ? ((await text('machine', 'list', '--format', 'json')) ?? '') : '[]';
    const inspected = hasMachines && list.includes('"Name"') ? ((await text('machine', 'inspect')) ?? '') : '';
    const facts = { version: version === null ? null : readVersion(version), machine: readMachine(list, inspected) };
    steps = [...machineSteps(platform, facts)];
    return { steps, doing, said };
  };
  const tell = (state: MachineState) => {
    for (const listener of listeners) listener(state);
  };
  const work = async (act: MachineAct) => {
    // A line says nothing of the steps: they are looked at again when it is over.
    const line = (more: string) => {
      said = [...said, more].slice(-MOST_SAID);
      tell({ steps, doing, said });
    };
    const answer = await programs.run('podman', machineCommand(act), line).catch(() => null);
    if (answer === null || answer.code !== 0)
      said = [...said, `podman ${machineCommand(act).join(' ')} ended with ${answer?.code ?? 'nothing'}`];
    doing = null;
    tell(await look().catch(() => ({ steps, doing, said })));
  };
  return {
    read: look,
    mend: async (act) => {
      const { steps: now } = await look();
      const isOffered = now.some(({ remedy }) => remedy?.by === 'app' && remedy.act === act);
      if (doing !== null || !isOffered) throw new StageflowError('machine_busy');
      doing = act;
      said = [];
      void work(act);
      return look();
    },
    onChange: (tell) => void listeners.add(tell),
  };
}
