import { MessageChannel } from 'node:worker_threads';
import type { Clock } from '@stageflow/engine/kernel';
import { describe, expect, it } from 'vitest';
import { answerThrough } from '../bridge/answer.ts';
import type { Port } from '../bridge/port.ts';
import type { FromHost, ToHost } from '../host/messages.ts';
import { type HostProcess, keepHost } from './keep.ts';

/** Time that goes on when it is told to. */
function handClock() {
  let now = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  const clock: Clock = {
    now: () => now,
    sleep: () => new Promise(() => {}),
    after: (ms, run) => {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
  };
  const pass = (ms: number) => {
    now += ms;
    for (const timer of [...timers])
      if (timer.at <= now) {
        timers.delete(timer);
        timer.run();
      }
  };
  return { clock, pass, timers };
}

/** Processes of an engine: each a channel with an app at its far end, which ends when the test says. */
function processes() {
  const started: { say(word: FromHost): void; exit(code: number): void; killed: boolean; told: ToHost[] }[] = [];
  const spawn = (): HostProcess => {
    const { port1, port2 } = new MessageChannel();
    const endings: ((code: number) => void)[] = [];
    const told: ToHost[] = [];
    const port = (end: typeof port1): Port => ({
      post: (message) => end.postMessage(message),
      listen: (receive) => {
        end.on('message', receive);
        return () => void end.off('message', receive);
      },
      onEnd: (ended) => {
        end.once('close', ended);
        return () => void end.off('close', ended);
      },
    });
    const number = started.length + 1;
    answerThrough(port(port2), async () => new Response(`process ${number}`));
    port2.on('message', (message: ToHost) => {
      if (message.kind === 'leave') told.push(message);
    });
    const one = {
      killed: false,
      told,
      say: (word: FromHost) => port2.postMessage(word),
      exit: (code: number) => {
        port2.close();
        for (const ending of endings) ending(code);
      },
    };
    started.push(one);
    return {
      port: port(port1),
      onExit: (exited) => void endings.push(exited),
      kill: () => {
        one.killed = true;
      },
    };
  };
  return { spawn, started };
}

const READY: FromHost = { kind: 'ready', borrowed: false };
const ask = () => new Request('http://localhost/api/v1/jobs');

describe("the keeper's process", () => {
  it('answers once it is ready; what is asked while it starts waits for that', async () => {
    const { spawn, started } = processes();
    const keeper = keepHost(spawn, handClock().clock);
    const asked = keeper.fetch(ask());
    expect(keeper.state.phase).toBe('starting');
    started[0]?.say(READY);
    expect(await (await asked).text()).toBe('process 1');
    started[0]?.exit(0);
  });

  it('is started again after it died, and what is asked meanwhile goes to the next', async () => {
    const { spawn, started } = processes();
    const { clock, pass, timers } = handClock();
    const keeper = keepHost(spawn, clock);
    started[0]?.say(READY);
    await (await keeper.fetch(ask())).text();
    started[0]?.exit(9);
    expect(keeper.state).toMatchObject({ phase: 'pausing' });
    const asked = keeper.fetch(ask());
    pass(250);
    started[1]?.say(READY);
    expect(await (await asked).text()).toBe('process 2');
    expect(timers.size).toBe(0);
    started[1]?.exit(0);
  });

  it('leaves nobody waiting for ever', async () => {
    const { spawn, started } = processes();
    const { clock, pass } = handClock();
    const keeper = keepHost(spawn, clock);
    const asked = keeper.fetch(ask());
    await Promise.resolve();
    pass(10_000);
    await expect(asked).rejects.toMatchObject({ code: 'engine_away' });
    started[0]?.exit(1);
  });

  it('says why it cannot start, in its own words', async () => {
    const { spawn, started } = processes();
    const { clock, pass } = handClock();
    const keeper = keepHost(spawn, clock);
    for (let start = 0; keeper.state.phase !== 'failed'; start += 1) {
      const seen = new Promise<void>((resolve) => {
        const stop = keeper.onSaid(() => {
          stop();
          resolve();
        });
      });
      started[start]?.say({ kind: 'unable', code: 'nats_missing', sentence: 'There is no queue.' });
      started[start]?.say({ kind: 'said', line: 'that was it' });
      await seen;
      started[start]?.exit(1);
      pass(15_000);
    }
    expect(keeper.state).toEqual({ phase: 'failed', code: 'nats_missing', reason: 'There is no queue.' });
    await expect(keeper.fetch(ask())).rejects.toMatchObject({ code: 'engine_away' });
    const before = started.length;
    keeper.again();
    expect(started.length).toBe(before + 1);
    started.at(-1)?.exit(0);
  });

  it('is told to leave, and killed when it does not', async () => {
    const { spawn, started } = processes();
    const { clock, pass } = handClock();
    const keeper = keepHost(spawn, clock);
    started[0]?.say(READY);
    await (await keeper.fetch(ask())).text();
    const left = keeper.leave(5);
    await expect.poll(() => started[0]?.told, { timeout: 15_000 }).toEqual([{ kind: 'leave', graceSeconds: 5 }]);
    pass(20_000);
    expect(started[0]?.killed).toBe(true);
    started[0]?.exit(0);
    await left;
    expect([keeper.state.phase, started.length]).toEqual(['left', 1]);
  });
});
