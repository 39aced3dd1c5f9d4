import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ObjectServer } from '../../../integration/store/object-server.ts';
import { processes } from '../../cli.ts';
import { askPodman, labelled } from '../podman.ts';
import type { SupervisedServer } from './supervised-server.ts';

/** What can be killed, and how many of a hundred tries go to it. */
const SHARES = { server: 30, queue: 20, store: 20, pod: 30 } as const;
export type Victim = keyof typeof SHARES;

/** Whom to kill. */
export interface Victims {
  readonly home: string;
  readonly server: SupervisedServer;
  /** Null where no object store can be run; files are killed with their server. */
  readonly store: ObjectServer | null;
  readonly engineId: string;
}

function killQueue(home: string): boolean {
  let pid: unknown;
  try {
    ({ pid } = JSON.parse(readFileSync(join(home, 'nats/nats.json'), 'utf8')) as { pid?: unknown });
  } catch {
    return false;
  }
  const found = processes(new RegExp(`nats-server.*${home}`)).find((process) => process.pid === pid);
  return found !== undefined && process.kill(found.pid, 'SIGKILL');
}

const POD_WITHIN_MS = 10_000;

/** Kills one container of this engine, as soon as there is one: by Podman, or the program that watches over it. */
async function killPod(engineId: string, random: () => number, over: AbortSignal): Promise<boolean> {
  const chance = random();
  const byPodman = random() < 0.5;
  for (const until = Date.now() + POD_WITHIN_MS; Date.now() < until && !over.aborted; await pause(200)) {
    const names = await askPodman('ps', '--format', '{{.Names}}', ...labelled(engineId));
    const containers = names.filter((name) => /-(runner|extractor)$/.test(name));
    const name = containers[Math.floor(chance * containers.length)];
    if (name === undefined) continue;
    if (byPodman) return (await askPodman('kill', '--signal', 'KILL', name)).length > 0;
    const watchers = processes(new RegExp(`conmon.* -n ${name} `));
    for (const { pid } of watchers) process.kill(pid, 'SIGKILL');
    return watchers.length > 0;
  }
  return false;
}

/**
 * Kills at random until `most` died or `over` aborts; a try that finds nobody does not count. `pace` (0 to 1) is how far the work has come: the
 * killing keeps up with it. Returns how many of each died.
 */
export async function killAtRandom(
  victims: Victims,
  options: {
    readonly random: () => number;
    readonly most: number;
    readonly pace: () => number;
    readonly over: AbortSignal;
  },
): Promise<Readonly<Record<Victim, number>>> {
  const { home, server, store, engineId } = victims;
  const { random, most, pace, over } = options;
  const died = { server: 0, queue: 0, store: 0, pod: 0 };
  const total = () => Object.values(died).reduce((sum, n) => sum + n, 0);
  const revivals: Promise<void>[] = [];
  let storeUp = true;
  const killStore = async (awayMs: number): Promise<boolean> => {
    if (store === null || !storeUp) return false;
    storeUp = false;
    await store.kill();
    revivals.push(
      (async () => {
        await pause(awayMs);
        await store.revive();
        storeUp = true;
      })(),
    );
    return true;
  };
  const strike = async (victim: Victim): Promise<boolean> => {
    if (victim === 'queue') return killQueue(home);
    if (victim === 'store') return killStore(random() * 2000);
    if (victim === 'pod') return killPod(engineId, random, over);
    // One in four dies while it starts; the others get as far as to listen.
    return (server.listens() || random() < 0.25) && server.kill();
  };
  const choose = (): Victim => {
    let at = random() * 100;
    for (const [victim, share] of Object.entries(SHARES) as [Victim, number][]) {
      if (at < share) return victim;
      at -= share;
    }
    return 'pod';
  };
  try {
    while (total() < most && !over.aborted) {
      const behind = total() / most < pace();
      await pause(behind ? 300 : 500 + random() * 5000, undefined, { signal: over }).catch(() => {});
      if (over.aborted) break;
      const victim = choose();
      if (await strike(victim)) died[victim] += 1;
    }
  } finally {
    await Promise.all(revivals);
  }
  return died;
}
