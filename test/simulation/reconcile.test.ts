import { describe, expect, it } from 'vitest';
import { createMemoryBroker, createMemoryBus } from '../../engine/bus/index.ts';
import { nextState } from '../../engine/fsm/index.ts';
import { silentLog } from '../../engine/kernel/index.ts';
import { type JobRow, openLedger } from '../../engine/ledger/index.ts';
import type { JobsAtWork } from '../../engine/run/jobs-at-work.ts';
import type { EnginePorts } from '../../engine/run/ports.ts';
import { startReconciler } from '../../engine/run/reconcile.ts';
import { claimRecord } from '../../engine/run/record.ts';
import { createSignal } from '../../engine/run/signal.ts';
import { drafts, specOf } from '../conformance/events.ts';
import { createVirtualClock } from './virtual-clock.ts';

const SECOND = 1000;

/** A ledger with one scanned job, a queue that delivers nothing, and engines that look at it. */
async function world() {
  const clock = createVirtualClock();
  const ledger = openLedger({ path: ':memory:', clock, nextState });
  ledger.receive(ledger.createJob({ id: 'j', spec: specOf('urls'), parent: null }));
  ledger.append('j', 1, [drafts.discovered(0), drafts.visited(0), drafts.scanned()]);
  ledger.markPublished(ledger.outbox(100).map(({ id }) => id));
  const broker = createMemoryBroker(clock);
  const engine = async (engineId: string, runs: boolean) => {
    const bus = createMemoryBus(broker, { node: engineId, engineId, clock, log: silentLog, onPoison: async () => {} });
    await bus.prepare();
    const ports = { ledger, bus, clock, log: silentLog, node: engineId, engineId } as unknown as EnginePorts;
    const taken: JobRow[] = [];
    const work = {
      runs: () => runs,
      waits: () => false,
      running: () => (runs ? [{ jobId: 'j' }] : []),
      end: async () => {},
    } as unknown as JobsAtWork;
    const look = () =>
      startReconciler(ports, {
        work,
        moved: createSignal(clock),
        everyMs: 15 * SECOND,
        mine: () => true,
        rests: () => false,
        takeUp: (job) => void taken.push(job),
      });
    return { ports, taken, look };
  };
  const pass = (seconds: number) => clock.runUntil(() => false, seconds * SECOND);
  const job = () => ledger.job('j') as JobRow;
  return { ledger, engine, pass, job };
}

describe('the look that an engine takes at its jobs', () => {
  it('N7 N8 sends an event again that the queue has lost, and takes it from the ledger when it is lost for good', async () => {
    const { ledger, engine, pass, job } = await world();
    const one = await engine('e1', true);
    const reconciler = one.look();
    await pass(50);
    expect(ledger.outbox(10).map(({ type }) => type)).toEqual(['scan.events.completed']);
    ledger.markPublished(ledger.outbox(10).map(({ id }) => id));
    expect(job().state).toBe('SCANNING');
    await pass(60);
    expect(job().state).toBe('COMPLETING');
    reconciler.stop();
    ledger.close();
  });

  it('N10 takes nothing from the ledger while the queue is down: the event waits in the outbox', async () => {
    const { ledger, engine, pass, job } = await world();
    ledger.republish('j');
    const one = await engine('e1', true);
    const reconciler = one.look();
    await pass(300);
    expect(job().state).toBe('SCANNING');
    reconciler.stop();
    ledger.close();
  });

  it('N5 S10 leaves a job alone whose owner renews its lease, and takes it up when a whole lease has passed without', async () => {
    const { ledger, engine, pass, job } = await world();
    const [owner, other] = [await engine('e1', true), await engine('e2', false)];
    expect(await claimRecord(job(), owner.ports)).toBe(true);
    const [renewing, looking] = [owner.look(), other.look()];
    await pass(300);
    expect(other.taken).toEqual([]);
    renewing.stop();
    await pass(50);
    expect(other.taken).toEqual([]);
    await pass(60);
    expect(other.taken.map(({ id }) => id)).toContain('j');
    ledger.raiseAttempt('j');
    expect(await claimRecord(job(), other.ports)).toBe(true);
    expect(await claimRecord({ ...job(), attempt: 1 }, owner.ports)).toBe(false);
    looking.stop();
    ledger.close();
  });

  it('N13 lets one of fifty engines claim a job', async () => {
    const { ledger, engine, job } = await world();
    const engines = await Promise.all(Array.from({ length: 50 }, (_, n) => engine(`e${n}`, false)));
    const claims = await Promise.all(engines.map(({ ports }) => claimRecord(job(), ports)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    ledger.close();
  });
});
