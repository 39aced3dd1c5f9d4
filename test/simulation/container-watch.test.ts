import { describe, expect, it } from 'vitest';
import type { Clock } from '../../engine/kernel/index.ts';
import type { Role, RunningContainer } from '../../engine/pod/index.ts';
import { watchContainers } from '../../engine/run/container-watch.ts';
import { createVirtualClock } from './virtual-clock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Watches containers played by the test; `code` is what the watch has said so far. */
function watched(roles: readonly Role[], talk: { assignable: boolean; ready: boolean }) {
  const time = createVirtualClock();
  let jump = 0;
  const clock: Clock = { ...time, now: () => time.now() + jump };
  const seen = new Map<Role, number>(roles.map((role) => [role, clock.now()]));
  const silent = new Set<Role>();
  const beat = (role: Role): void => {
    if (!silent.has(role)) seen.set(role, clock.now());
    clock.after(5 * SECOND, () => beat(role));
  };
  roles.forEach(beat);
  let code: string | null = null;
  const over = new AbortController();
  const containers = roles.map((role) => ({ role, lastSeen: () => seen.get(role) ?? 0 }) as RunningContainer);
  const session = { assignable: () => talk.assignable, runner: () => (talk.ready ? {} : null) };
  void watchContainers(containers, session, clock, over.signal).then((error) => (code = error.code));
  return {
    /** Lets time pass and says how the watch judges. */
    async after(milliseconds: number): Promise<string | null> {
      await time.runUntil(() => code !== null, milliseconds);
      return code;
    },
    fallSilent: (role: Role) => silent.add(role),
    speakAgain: (role: Role) => silent.delete(role),
    sleep: (milliseconds: number) => (jump += milliseconds),
  };
}

describe('the watch over the containers of a pod', () => {
  it('waits with a runner for as long as its archive is being unpacked, and for 90 s after that', async () => {
    const talk = { assignable: false, ready: false };
    const pod = watched(['extractor', 'runner'], talk);
    expect(await pod.after(30 * MINUTE)).toBeNull();
    talk.assignable = true;
    expect(await pod.after(85 * SECOND)).toBeNull();
    expect(await pod.after(15 * SECOND)).toBe('pod_not_ready');
  });

  it.each(['extractor', 'runner'] as const)(
    'says that the %s is silent after a minute without a word',
    async (role) => {
      const pod = watched(['extractor', 'runner'], { assignable: true, ready: true });
      expect(await pod.after(10 * MINUTE)).toBeNull();
      pod.fallSilent(role);
      expect(await pod.after(55 * SECOND)).toBeNull();
      pod.speakAgain(role);
      expect(await pod.after(10 * MINUTE)).toBeNull();
      pod.fallSilent(role);
      expect(await pod.after(75 * SECOND)).toBe('pod_silent');
    },
  );

  it('S10 takes no pod for silent or late because the machine slept for an hour', async () => {
    const talk = { assignable: true, ready: false };
    const pod = watched(['runner'], talk);
    expect(await pod.after(12 * SECOND)).toBeNull();
    pod.sleep(60 * MINUTE);
    expect(await pod.after(12 * SECOND)).toBeNull();
    talk.ready = true;
    pod.sleep(60 * MINUTE);
    expect(await pod.after(10 * MINUTE)).toBeNull();
  });
});
