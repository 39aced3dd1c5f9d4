import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createdEvent, drafts, eventOf, page } from '../../../test/conformance/events.ts';
import { JOB_STATES, type JobState, type StageflowEvent, SUBJECTS, TERMINAL } from '../../event/index.ts';
import { decide, fsmDiagram, legalEdges, nextState, TABLE } from '../index.ts';

const EVENTS: readonly StageflowEvent[] = [
  createdEvent('j', 'zip'),
  createdEvent('j', 'urls'),
  ...[
    drafts.ready(),
    drafts.refused(),
    drafts.discovered(0),
    drafts.visited(0),
    drafts.cell(page(0), 'axe'),
    drafts.pageDone(0),
    drafts.scanned(),
    drafts.scanFailed(),
    drafts.done(),
    drafts.failed(),
  ].map((draft) => eventOf('j', draft)),
];

/** DESIGN's list, written out once more so that the table cannot drift. */
const CONTRACT: Record<JobState, readonly JobState[]> = {
  PENDING: ['EXTRACTING', 'READY_TO_SCAN', 'FAILED'],
  EXTRACTING: ['READY_TO_SCAN', 'FAILED'],
  READY_TO_SCAN: ['SCANNING', 'FAILED'],
  SCANNING: ['COMPLETING', 'FAILED'],
  COMPLETING: ['DONE', 'FAILED'],
  DONE: [],
  FAILED: [],
};

const anyEvent = fc.constantFrom(...EVENTS);
const anyFacts = fc.record({ finishedCells: fc.nat(3) });

describe('the job machine', () => {
  it('has exactly the edges of the contract', () => {
    const edges = legalEdges().map(({ from, to }) => `${from} ${to}`);
    const contract = JOB_STATES.flatMap((from) => CONTRACT[from].map((to) => `${from} ${to}`));
    expect(edges.toSorted()).toEqual(contract.toSorted());
  });

  it('has an example of every event type in this test', () => {
    expect(new Set(EVENTS.map((event) => event.type))).toEqual(new Set(SUBJECTS));
  });

  it('S2 takes only legal edges and never leaves an end, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyEvent, anyFacts), { maxLength: 40 }), (story) => {
        let state: JobState = 'PENDING';
        for (const [event, facts] of story) {
          const decision = decide(state, event, facts);
          if (!decision.ok) continue;
          const next = decision.value.state;
          if (next !== state) expect(CONTRACT[state]).toContain(next);
          if (TERMINAL.has(state))
            expect([next, decision.value.late, decision.value.commands]).toEqual([state, true, []]);
          state = next;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('answers every pair of state and event with a row or a typed refusal', () => {
    for (const state of JOB_STATES) {
      for (const event of EVENTS) {
        const decision = decide(state, event, { finishedCells: 1 });
        const rows = TABLE.filter((row) => row.state === state && row.on === event.type);
        if (decision.ok) expect(rows).not.toHaveLength(0);
        else {
          expect(rows).toHaveLength(0);
          expect(decision.error).toEqual({ code: 'illegal_transition', state, event: event.type });
        }
      }
    }
  });

  it('has one row at most for any question', () => {
    const keys = TABLE.map((row) => `${row.state} ${row.on} ${row.when ?? ''}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const row of TABLE.filter((one) => one.when !== null)) {
      expect(TABLE.some((other) => other.state === row.state && other.on === row.on && other.when === null)).toBe(
        false,
      );
    }
  });

  it('sends a ZIP job to extraction and a URL job straight to scanning', () => {
    expect(decide('PENDING', createdEvent('j', 'zip'), { finishedCells: 0 })).toMatchObject({
      value: { state: 'EXTRACTING', commands: [{ kind: 'runPods' }] },
    });
    expect(decide('PENDING', createdEvent('j', 'urls'), { finishedCells: 0 })).toMatchObject({
      value: { state: 'READY_TO_SCAN', commands: [{ kind: 'runPods' }] },
    });
  });

  it('writes a partial report of a failed scan only when there is something to show', () => {
    const kinds = (finishedCells: number) => {
      const decision = decide('SCANNING', eventOf('j', drafts.scanFailed()), { finishedCells });
      return decision.ok ? decision.value.commands.map((command) => command.kind) : [];
    };
    expect(kinds(0)).toEqual(['failJob']);
    expect(kinds(3)).toEqual(['writePartialReport', 'failJob']);
  });

  it('hands the reason of a failure to the command that tells it', () => {
    const decision = decide('EXTRACTING', eventOf('j', drafts.refused()), { finishedCells: 0 });
    expect(decision).toMatchObject({
      value: { commands: [{ kind: 'failJob', failure: { code: 'zip_path' } }] },
    });
  });

  it.each(JOB_STATES.filter((state) => !TERMINAL.has(state)))('can be cancelled in %s', (state) => {
    expect(nextState(state, eventOf('j', drafts.failed('cancelled')))).toEqual({ ok: true, value: 'FAILED' });
  });

  it('is drawn from the table: every edge is an arrow', () => {
    const diagram = fsmDiagram();
    for (const { from, to } of legalEdges()) expect(diagram).toContain(`  ${from} --> ${to} : `);
    expect(diagram.startsWith('stateDiagram-v2\n')).toBe(true);
  });
});
