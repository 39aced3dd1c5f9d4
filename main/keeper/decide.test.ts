import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideHost, firstStart, type HostEvent, type HostState } from './decide.ts';

const exited = (at: number, more: Partial<Extract<HostEvent, { type: 'exited' }>> = {}): HostEvent => ({
  type: 'exited',
  at,
  code: null,
  sentence: null,
  orderly: false,
  ...more,
});
const ready = (at: number): HostEvent => ({ type: 'ready', at, borrowed: false });

/** Plays events from the first start; the commands of the last one. */
function play(...events: HostEvent[]) {
  let decision = firstStart();
  for (const event of events) decision = decideHost(decision.state, event);
  return decision;
}

describe("the keeper of the engine's process", () => {
  it('starts it at once', () => {
    expect(firstStart().commands[0]).toEqual({ do: 'spawn' });
  });

  it('starts it again after it died, soon and then ever later, and asks a person when it never gets up', () => {
    const waits: number[] = [];
    let decision = firstStart();
    for (let death = 1; decision.state.phase !== 'failed'; death += 1) {
      decision = decideHost(decision.state, exited(death, { code: 'nats_missing', sentence: 'No queue.' }));
      for (const command of decision.commands) if (command.do === 'wait') waits.push(command.ms);
      if (decision.state.phase === 'pausing') decision = decideHost(decision.state, { type: 'time' });
    }
    expect(waits).toEqual([250, 1000, 3000, 8000, 15_000]);
    expect(decision.state).toEqual({ phase: 'failed', code: 'nats_missing', reason: 'No queue.' });
    expect(decideHost(decision.state, { type: 'again' }).commands[0]).toEqual({ do: 'spawn' });
  });

  it('forgets earlier deaths once it has answered for a minute', () => {
    const shaken = play(exited(1), { type: 'time' }, exited(2), { type: 'time' }, ready(3));
    expect(decideHost(shaken.state, exited(60_002)).state).toMatchObject({ phase: 'pausing', tries: 3 });
    expect(decideHost(shaken.state, exited(60_003)).state).toMatchObject({ phase: 'pausing', tries: 1 });
  });

  it('takes the end of a borrowed engine for no failure, however often it comes', () => {
    let { state } = firstStart();
    for (let turn = 0; turn < 20; turn += 1) {
      state = decideHost(state, ready(turn)).state;
      state = decideHost(state, exited(turn, { orderly: true })).state;
      expect(state).toMatchObject({ phase: 'pausing', tries: 1 });
      state = decideHost(state, { type: 'time' }).state;
    }
  });

  it('ends a start that takes too long', () => {
    expect(play({ type: 'time' }).commands).toEqual([{ do: 'kill' }]);
  });

  it('lets cells in hand end when it leaves, but not for ever', () => {
    const leaving = play(ready(0), { type: 'leave', graceSeconds: 5 });
    expect(leaving.commands).toEqual([
      { do: 'tell-to-leave', graceSeconds: 5 },
      { do: 'wait', ms: 20_000 },
    ]);
    expect(decideHost(leaving.state, { type: 'time' }).commands).toEqual([{ do: 'kill' }]);
    expect(decideHost(leaving.state, { type: 'leave', graceSeconds: 5 }).commands).toEqual([{ do: 'kill' }]);
    expect(decideHost(leaving.state, exited(9)).state).toEqual({ phase: 'left' });
  });

  it('never has two processes, never starts one after it left, and always gets to an end when it is told to leave', () => {
    const event = fc.oneof(
      fc.record({ type: fc.constant('ready' as const), at: fc.nat(), borrowed: fc.boolean() }),
      fc.nat().map((at) => exited(at)),
      fc.nat().map((at) => exited(at, { orderly: true })),
      fc.constant({ type: 'time' } as const),
      fc.constant({ type: 'again' } as const),
      fc.record({ type: fc.constant('leave' as const), graceSeconds: fc.nat(60) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let alive = true;
        let left = false;
        let { state }: { state: HostState } = firstStart();
        const step = (one: HostEvent) => {
          // The world tells only of what can be: a process that is not there neither answers nor ends.
          if (!alive && (one.type === 'ready' || one.type === 'exited')) return;
          if (one.type === 'exited') alive = false;
          const decision = decideHost(state, one);
          state = decision.state;
          for (const command of decision.commands) {
            if (command.do === 'spawn') {
              expect([alive, left]).toEqual([false, false]);
              alive = true;
            }
          }
          left ||= state.phase === 'left';
          expect(left).toBe(state.phase === 'left');
        };
        for (const one of events) step(one);
        step({ type: 'leave', graceSeconds: 0 });
        if (alive) step(exited(0));
        expect([alive, state.phase]).toEqual([false, 'left']);
      }),
      { numRuns: 500 },
    );
  });
});
