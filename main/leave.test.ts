import { describe, expect, it } from 'vitest';
import type { HostState } from './keeper/decide.ts';
import { openLeaving } from './leave.ts';

/** The app at its end: what it asked, and what was done in which order. */
function ending(options: { running: number; answer?: number; borrowed?: boolean }) {
  const done: string[] = [];
  const world = { running: options.running };
  const state: HostState = { phase: 'ready', tries: 0, since: 0, borrowed: options.borrowed ?? false };
  const leaving = openLeaving({
    dialog: {
      showMessageBox: (async ({ message }: { message: string }) => {
        done.push(`ask: ${message}`);
        return { response: options.answer ?? 2, checkboxChecked: false };
      }) as never,
    },
    keeper: { state, leave: async (graceSeconds) => void done.push(`leave ${graceSeconds}`) },
    running: () => world.running,
    closeWindows: () => done.push('close windows'),
    end: () => done.push('end'),
  });
  return { leaving, done, world };
}

describe('leaving', () => {
  it('ends the engine, then the app, when nothing runs', async () => {
    const { leaving, done } = ending({ running: 0 });
    await leaving.begin();
    expect([done, leaving.mayEnd]).toEqual([['leave 0', 'end'], true]);
    await leaving.begin();
    expect(done.length).toBe(2);
  });

  it('waits for running scans without a window, and ends with the last one', async () => {
    const { leaving, done, world } = ending({ running: 2, answer: 0 });
    await leaving.begin();
    expect(done).toEqual(['ask: 2 scans are still running.', 'close windows']);
    world.running = 1;
    leaving.jobsChanged();
    world.running = 0;
    leaving.jobsChanged();
    await new Promise(setImmediate);
    expect(done.slice(2)).toEqual(['leave 0', 'end']);
  });

  it('pauses them with a grace for what is in hand', async () => {
    const { leaving, done } = ending({ running: 1, answer: 1 });
    await leaving.begin();
    expect(done).toEqual(['ask: A scan is still running.', 'leave 5', 'end']);
  });

  it('stays when the person changes their mind', async () => {
    const { leaving, done, world } = ending({ running: 1, answer: 2 });
    await leaving.begin();
    world.running = 0;
    leaving.jobsChanged();
    expect([done, leaving.mayEnd]).toEqual([['ask: A scan is still running.'], false]);
  });

  it('asks nobody when the machine goes down, or when the scans are those of another program', async () => {
    const forced = ending({ running: 1 });
    await forced.leaving.begin(true);
    expect(forced.done).toEqual(['leave 5', 'end']);
    const borrowed = ending({ running: 3, borrowed: true });
    await borrowed.leaving.begin();
    expect(borrowed.done).toEqual(['leave 0', 'end']);
  });
});
