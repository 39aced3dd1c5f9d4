import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobState, StageflowEvent } from '@stageflow/engine/event';
import { canonicalJson, reduceAll } from '@stageflow/engine/view';
import { describe, expect, it } from 'vitest';
import { differences, replay } from './replay-steps.ts';

interface History {
  readonly story: string;
  readonly state: JobState;
  readonly events: readonly StageflowEvent[];
}
const FOLDER = join(import.meta.dirname, '../../test/replay/histories');
const HISTORIES = readdirSync(FOLDER).map((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as History);
const storedOf = (events: readonly StageflowEvent[]) => ({
  json: canonicalJson(reduceAll(null, events)),
  seq: events.at(-1)?.seq ?? 0,
});

describe('replaying a recorded history', () => {
  it.each(HISTORIES)('of $story leads to its recorded end and finds nothing wrong', ({ state, events }) => {
    expect([...replay(events)].at(-1)?.to).toBe(state);
    expect(differences(events, storedOf(events), state)).toEqual([]);
    expect(differences(events, storedOf(events.slice(0, 2)), state)).toEqual([]);
    expect(differences(events, null, state)).toEqual([]);
  });

  it.each(HISTORIES)('of $story sees what was changed afterwards', ({ state, events }) => {
    const stored = storedOf(events);
    const changed = { ...stored, json: stored.json.replace(`"state":"${state}"`, '"state":"PENDING"') };
    expect(differences(events, changed, state)).toEqual([expect.stringContaining('stored view')]);
    expect(differences(events, null, state === 'DONE' ? 'FAILED' : 'DONE')).toHaveLength(1);
    expect(differences(events.toSpliced(1, 1), null, state)).toContainEqual('the event with seq 2 is missing');
  });
});
