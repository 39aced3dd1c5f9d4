import { type Clock, systemClock } from '@stageflow/engine/kernel';
import { describe, expect, it } from 'vitest';
import { type Hindrance, hindranceOf, type MachineState } from './hindrance.ts';
import { watchMachine } from './watch.ts';

const check = (id: string, status: string) => ({ id, title: `The ${id}`, status, detail: `${id} is ${status}.` });
const machine = (canScan: boolean, ...checks: MachineState['checks']): MachineState => ({ canScan, checks });

describe('what keeps this computer from scanning', () => {
  it('is nothing when it can scan, whatever else could be better', () => {
    expect(hindranceOf(machine(true, check('podman', 'warning'), check('image', 'missing')))).toBeNull();
  });

  it('is the first part in the order of mending: absent, too old, broken', () => {
    for (const status of ['missing', 'broken'])
      expect(
        hindranceOf(machine(false, check('platform', 'ok'), check('podman', status), check('disk', 'broken'))),
      ).toEqual({
        part: 'The podman',
        detail: `podman is ${status}.`,
      });
  });

  it('is never what the first scan brings by itself', () => {
    const found = hindranceOf(
      machine(false, check('image', 'missing'), check('nats-server', 'missing'), check('subids', 'missing')),
    );
    expect(found?.part).toBe('The subids');
    expect(hindranceOf(machine(false, check('image', 'broken')))?.part).toBe('The image');
    expect(hindranceOf(machine(false))?.part).toBe('This computer');
  });
});

describe('the watch over this computer', () => {
  it('looks again until it can scan, also past an engine that is away, and then no more', async () => {
    const answers: (MachineState | null)[] = [
      machine(false, check('podman', 'missing')),
      null,
      machine(false, check('subids', 'missing')),
      machine(true),
    ];
    const clock: Clock = { ...systemClock, sleep: async () => {} };
    const seen: (Hindrance | null)[] = [];
    await watchMachine({
      clock,
      stop: new AbortController().signal,
      found: (hindrance) => seen.push(hindrance),
      fetch: async () => {
        const answer = answers.shift();
        if (answer === null || answer === undefined) throw new Error('the engine is away');
        return Response.json(answer);
      },
    });
    expect(seen.map((one) => one?.part ?? null)).toEqual(['The podman', 'The subids', null]);
    expect(answers).toEqual([]);
  });

  it('ends with the app', async () => {
    const stop = new AbortController();
    const seen: unknown[] = [];
    const watched = watchMachine({
      clock: systemClock,
      stop: stop.signal,
      found: (hindrance) => seen.push(hindrance),
      fetch: async () => Response.json(machine(false, check('podman', 'missing'))),
    });
    await expect.poll(() => seen.length, { timeout: 15_000 }).toBe(1);
    stop.abort();
    await watched;
  });
});
