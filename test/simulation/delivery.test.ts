import { describe, expect, it } from 'vitest';
import {
  createMemoryBroker,
  createMemoryBus,
  createRandom,
  type Failings,
  RecordConflict,
} from '../../engine/bus/index.ts';
import { ORCHESTRATOR_DURABLES, TERMINAL } from '../../engine/event/index.ts';
import { nextState } from '../../engine/fsm/index.ts';
import { asStageflowError, silentLog } from '../../engine/kernel/index.ts';
import { type EventDraft, type JobRow, type Ledger, openLedger } from '../../engine/ledger/index.ts';
import { drafts, page, specOf } from '../conformance/events.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

const SEEDS = Number(process.env.STAGEFLOW_SEEDS ?? 200);
const FIRST = Number(process.env.STAGEFLOW_SEED ?? 1);
const MINUTE = 60_000;

/** All that JetStream does to its users, often. */
const FAILINGS: Failings = {
  lostAck: 0.1,
  forgottenId: 0.2,
  storedTimeout: 0.1,
  lostPublish: 0.1,
  doubleDelivery: 0.1,
  forgottenCount: 0.1,
  reorder: 0.3,
  delay: 400,
};

interface World {
  readonly clock: VirtualClock;
  readonly ledger: Ledger;
  readonly random: () => number;
  /** Cells whose scan ended though another had been recorded: must stay empty. */
  readonly scannedTwice: string[];
  /** Refusals of work that are not fences: must stay empty. */
  readonly surprises: string[];
}

/**
 * The work of one attempt, a step at a time with pauses between, as pods and scanners would do it. It never asks whether
 * its engine still lives: a frozen one does not know either, and only the attempt in the ledger can stop it.
 */
async function workOn({ clock, ledger, random, scannedTwice }: World, job: JobRow): Promise<void> {
  const record = async (...all: EventDraft[]) => {
    await clock.sleep(Math.floor(random() * 3_000));
    return ledger.append(job.id, job.attempt, all);
  };
  const cell = async (pageId: string, scanner: string) => {
    if (ledger.cells(job.id).some((one) => one.pageId === pageId && one.scanner === scanner)) return;
    if ((await record(drafts.cell(pageId, scanner))).length === 0) scannedTwice.push(`${job.id} ${pageId} ${scanner}`);
  };
  switch (job.state) {
    case 'EXTRACTING':
      await record(drafts.ready());
      return;
    case 'READY_TO_SCAN':
    case 'SCANNING':
      await record(drafts.discovered(0), drafts.discovered(1));
      for (const n of [0, 1]) {
        await record(drafts.visited(n));
        await cell(page(n), 'axe');
        await cell(page(n), 'seo');
        await record(drafts.pageDone(n));
      }
      await record(drafts.scanned());
      return;
    case 'COMPLETING':
      await record(drafts.done());
      return;
    default:
  }
}

/** One life of an engine, reduced to what the record and delivery ask of it. */
async function startLife(world: World, broker: ReturnType<typeof createMemoryBroker>) {
  const { clock, ledger } = world;
  const ending = new AbortController();
  const bus = createMemoryBus(broker, {
    node: 'main',
    engineId: 'e1',
    clock,
    log: silentLog,
    onPoison: async ({ jobId }) => {
      const job = ledger.job(jobId);
      if (job !== null) ledger.append(jobId, job.attempt, [drafts.failed('poison')]);
    },
    onStreamsMade: () => {
      for (const job of ledger.jobs()) if (!TERMINAL.has(job.state)) ledger.republish(job.id);
    },
  });
  await bus.prepare();

  const busy = new Set<string>();
  const work = (job: JobRow) => {
    const phase = `${job.id} ${job.state === 'READY_TO_SCAN' ? 'SCANNING' : job.state}`;
    if (busy.has(phase)) return;
    busy.add(phase);
    workOn(world, job).catch((thrown: unknown) => {
      if (asStageflowError(thrown).code !== 'fenced') world.surprises.push(String(thrown));
    });
  };
  const relay = async () => {
    while (!ending.signal.aborted) {
      for (const event of ledger.outbox(20)) {
        const sent = await bus.publish(event).then(
          () => true,
          () => false,
        );
        if (!sent) break;
        ledger.markPublished([event.id]);
      }
      await clock.sleep(250, ending.signal).catch(() => {});
    }
  };
  for (const durable of ORCHESTRATOR_DURABLES) {
    await bus.consume(durable, async (event) => {
      const job = ledger.receive(event);
      const held = await bus.records.get(job.id);
      const record = {
        jobId: job.id,
        state: job.state,
        owner: 'main/e1',
        attempt: job.attempt,
        leaseUntil: clock.now() + MINUTE,
        seq: job.seq,
      };
      try {
        await (held === null ? bus.records.create(record) : bus.records.update(record, held.revision));
      } catch (thrown) {
        if (!(thrown instanceof RecordConflict)) throw thrown;
      }
      work(job);
    });
  }
  for (const job of ledger.jobs()) {
    if (TERMINAL.has(job.state) || job.state === 'PENDING') continue;
    ledger.raiseAttempt(job.id);
    work(ledger.job(job.id) as JobRow);
  }
  void relay();
  return {
    kill() {
      ending.abort();
      bus.kill();
    },
  };
}

/** Plays one seed to its end and says what broke, or null. */
async function play(seed: number): Promise<string | null> {
  const clock = createVirtualClock();
  const random = createRandom(seed);
  const edges: string[] = [];
  const ledger = openLedger({
    path: ':memory:',
    clock,
    nextState: (state, event) => {
      const next = nextState(state, event);
      if (next.ok && TERMINAL.has(state) && next.value !== state) edges.push(`${state} -> ${next.value}`);
      return next;
    },
  });
  const world: World = { clock, ledger, random, scannedTwice: [], surprises: [] };
  const broker = createMemoryBroker(clock, seed, FAILINGS);
  try {
    let life = await startLife(world, broker);
    const jobs = ['a', 'b', 'c'];
    for (const id of jobs) ledger.createJob({ id, spec: specOf(id === 'b' ? 'zip' : 'urls'), parent: null });
    for (let faults = 0; faults < 4; faults += 1) {
      await clock.runUntil(() => false, Math.floor(random() * 15_000));
      const fault = Math.floor(random() * 4);
      if (fault === 0) {
        // A stream that holds nothing unread is no loss: wait for one that does.
        const unread = () => ORCHESTRATOR_DURABLES.find((row) => broker.pending(row.durable) > 0);
        await clock.runUntil(() => unread() !== undefined, 20_000);
        broker.loseStream(unread()?.stream ?? 'jobs');
      }
      if (fault === 1) broker.forgetAcks();
      if (fault === 2) {
        broker.setDown(true);
        await clock.runUntil(() => false, Math.floor(random() * 30_000));
        broker.setDown(false);
      }
      if (fault === 3) {
        life.kill();
        life = await startLife(world, broker);
      }
    }
    const ended = () => jobs.every((id) => TERMINAL.has(ledger.job(id)?.state ?? 'PENDING'));
    if (!(await clock.runUntil(ended, 60 * MINUTE)))
      return `stuck: ${jobs.map((id) => ledger.job(id)?.state).join(', ')}`;
    await clock.runUntil(() => false, 5 * MINUTE);
    life.kill();
    if (edges.length > 0) return `left an end: ${edges.join(', ')}`;
    if (world.scannedTwice.length > 0) return `scanned twice: ${world.scannedTwice.join(', ')}`;
    if (broker.letters.length > 0) return `set aside: ${broker.letters.map((letter) => letter.reason).join(', ')}`;
    if (world.surprises.length > 0) return world.surprises.join(', ');
    for (const id of jobs) {
      const events = ledger.events(id);
      const ends = events.filter(
        (event) => event.type === 'jobs.events.completed' || event.type === 'jobs.events.failed',
      );
      if (ends.length !== 1) return `${id} ended ${ends.length} times`;
      if (events.some((event, at) => event.seq !== at + 1)) return `${id} has a hole in its history`;
      if (ledger.job(id)?.state !== 'DONE') return `${id} is ${ledger.job(id)?.failureCode}`;
    }
    return null;
  } catch (thrown) {
    return asStageflowError(thrown).message;
  } finally {
    ledger.close();
  }
}

describe('record and delivery under every failing of the queue', () => {
  it(`S1 S2 brings every job to its one end, in ${SEEDS} seeds from ${FIRST}`, { timeout: 600_000 }, async () => {
    const broken: string[] = [];
    for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
      const broke = await play(seed);
      if (broke !== null) broken.push(`STAGEFLOW_SEED=${seed} STAGEFLOW_SEEDS=1: ${broke}`);
    }
    expect(broken).toEqual([]);
  });

  it('S1 plays the same story for the same seed', async () => {
    const story = async () => {
      const clock = createVirtualClock();
      const ledger = openLedger({ path: ':memory:', clock, nextState });
      const life = await startLife(
        { clock, ledger, random: createRandom(5), scannedTwice: [], surprises: [] },
        createMemoryBroker(clock, 5, FAILINGS),
      );
      ledger.createJob({ id: 'a', spec: specOf('zip'), parent: null });
      await clock.runUntil(() => ledger.job('a')?.state === 'DONE', 60 * MINUTE);
      life.kill();
      const events = JSON.stringify(ledger.events('a'));
      ledger.close();
      return events;
    };
    expect(await story()).toBe(await story());
  });
});
