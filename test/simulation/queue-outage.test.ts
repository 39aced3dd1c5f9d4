import { expect, it } from 'vitest';
import { createMemoryBroker, createMemoryBus, createRandom, NO_FAILINGS } from '../../engine/bus/index.ts';
import { nextState } from '../../engine/fsm/index.ts';
import { silentLog } from '../../engine/kernel/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';
import { type Engine, startEngine } from '../../engine/run/engine.ts';
import { judgeHealth, pressureOf } from '../../server/ops/health.ts';
import { specOf } from '../conformance/events.ts';
import { createBuggify } from './buggify.ts';
import { createFakePods } from './fake-pods.ts';
import { createMemoryStore } from './memory-store.ts';
import { createVirtualClock } from './virtual-clock.ts';
import { emptyReport, simulatedScanner, standIns } from './stand-ins.ts';

const MINUTE = 60_000;
const JOB = '01sjm000000000000000000010';
const seo = simulatedScanner('seo');

it('N10 a queue that is down for five minutes in the middle of a scan holds up no cell; the result is committed afterwards, once', async () => {
  const clock = createVirtualClock();
  const random = createRandom(1);
  const ledger = openLedger({ path: ':memory:', clock, nextState });
  const broker = createMemoryBroker(clock, 1, NO_FAILINGS);
  const store = createMemoryStore(() => false);
  const pods = createFakePods({
    clock,
    random,
    buggify: createBuggify(random, new Map()),
    failings: { crash: 0, freeze: 0, repeat: 0, refuse: 0, cellFails: 0 },
    finished: (jobId, cell) => ledger.cells(jobId).some((row) => `${row.pageId}/${row.scanner}` === cell),
    links: (url) => (new URL(url).pathname === '/' ? Array.from({ length: 12 }, (_, n) => `p${n}`) : []),
  });
  const bus = createMemoryBus(broker, {
    node: 'main',
    engineId: 'e1',
    clock,
    log: silentLog,
    onPoison: (event) => engine.poisoned(event),
  });
  await bus.prepare();
  let reports = 0;
  const engine: Engine = await startEngine({
    ledger,
    bus,
    store,
    pods: async () => pods,
    ...standIns(),
    manifests: new Map([['seo', seo]]),
    clock,
    log: silentLog,
    report: (...about) => {
      reports += 1;
      return emptyReport(store)(...about);
    },
    engineId: 'e1',
    node: 'main',
  });
  try {
    engine.submit({ id: JOB, spec: { ...specOf('urls'), modules: [{ id: 'seo', options: {} }] } });
    expect(await clock.runUntil(() => ledger.cells(JOB).length >= 2, 5 * MINUTE)).toBe(true);
    const before = ledger.cells(JOB).length;
    expect(before).toBeLessThan(13);

    broker.setDown(true);
    await clock.runUntil(() => false, 5 * MINUTE);
    expect(await bus.healthy()).toBe(false);
    expect(ledger.cells(JOB)).toHaveLength(13);
    expect(ledger.job(JOB)).toMatchObject({ state: 'SCANNING', attempt: 1, failureCode: null });
    expect(reports).toBe(0);
    const well = { ok: true, reason: null, ms: 1 };
    const queue = { ok: false, reason: 'it is down', ms: 1 };
    const health = judgeHealth({ database: well, queue, podman: well, store: well, disk: well }, false);
    expect(pressureOf(health)?.reason).toBe('its queue does not answer');

    broker.setDown(false);
    expect(await clock.runUntil(() => ledger.ended(JOB), 5 * MINUTE)).toBe(true);
    await clock.runUntil(() => false, 5 * MINUTE);
    expect(ledger.job(JOB)).toMatchObject({ state: 'DONE', attempt: 1 });
    const types = ledger.events(JOB).map(({ type }) => type);
    expect(types.filter((type) => type === 'jobs.events.completed')).toHaveLength(1);
    expect(types.filter((type) => type === 'scan.events.cell.completed')).toHaveLength(13);
    expect([pods.again, reports]).toEqual([[], 1]);
  } finally {
    pods.killAll();
    bus.kill();
    ledger.close();
  }
});
