import { describe, expect, it } from 'vitest';
import { createdEvent, drafts, eventOf, page } from '../../../test/conformance/events.ts';
import type { EventDraft } from '../../ledger/port.ts';
import { pendingOf } from './pending.ts';

const NONE: ReadonlySet<string> = new Set();
const told = (...more: readonly EventDraft[]) => [
  createdEvent('j', 'urls'),
  ...more.map((draft, at) => eventOf('j', draft, at + 2)),
];
const kinds = (pending: ReturnType<typeof pendingOf>) => pending?.commands.map(({ kind }) => kind) ?? null;
const scanning = [drafts.discovered(0), drafts.visited(0), drafts.cell(page(0), 'axe')];

describe('what is to be done for a job', () => {
  it('is to run its pods, again after a crash, until that is noted as done', () => {
    expect(kinds(pendingOf(told(...scanning), NONE, 0, 1))).toEqual(['runPods']);
    expect(pendingOf(told(...scanning), NONE, 1, 1)).toBeNull();
  });

  it('is nothing before the orchestrator has received what was recorded', () => {
    const history = told(...scanning, drafts.scanned());
    const last = new Set([history.at(-1)?.id ?? '']);
    expect(pendingOf(history, last, 1, 1)).toBeNull();
    expect(kinds(pendingOf(history, NONE, 1, 1))).toEqual(['aggregate']);
  });

  it('is what the newest transition asks for, even if an older command was never noted', () => {
    expect(pendingOf(told(...scanning, drafts.scanned()), NONE, 0, 1)).toEqual({
      seq: 5,
      commands: [{ kind: 'aggregate' }],
    });
  });

  it('is the report of what was found and the last word when the scan has failed', () => {
    const history = told(...scanning, drafts.scanFailed());
    expect(kinds(pendingOf(history, NONE, 1, 1))).toEqual(['writePartialReport', 'failJob']);
    expect(kinds(pendingOf(history, NONE, 1, 0))).toEqual(['failJob']);
  });

  it('S2 is nothing once the last word is recorded, whatever was left undone', () => {
    expect(pendingOf(told(...scanning, drafts.failed()), NONE, 0, 1)).toBeNull();
    expect(pendingOf(told(...scanning, drafts.scanned(), drafts.done()), NONE, 0, 1)).toBeNull();
    expect(pendingOf(told(...scanning, drafts.scanFailed(), drafts.failed('pod_crashed')), NONE, 0, 1)).toBeNull();
  });
});
