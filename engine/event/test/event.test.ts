import { describe, expect, it } from 'vitest';
import { createdEvent, drafts, eventOf, page } from '../../../test/conformance/events.ts';
import { StageflowError } from '../../kernel/index.ts';
import {
  checkEvent,
  durablesOf,
  type EventOf,
  MAX_EVENT_BYTES,
  ORCHESTRATOR_DURABLES,
  parseEvent,
  projectionDurables,
  STREAM_NAMES,
  SUBJECTS,
  type StageflowEvent,
  subjectsOf,
  upgrade,
  WIRE_BYTES,
  wireText,
} from '../index.ts';

const code = (call: () => unknown): string => {
  try {
    call();
  } catch (thrown) {
    if (thrown instanceof StageflowError) return thrown.code;
    throw thrown;
  }
  return 'nothing was refused';
};

describe('events', () => {
  it('come back from their text as they went in', () => {
    for (const draft of [drafts.ready(), drafts.cell(page(1), 'axe'), drafts.done(), drafts.failed()]) {
      const event = eventOf('j1', draft);
      expect(parseEvent(JSON.stringify(event))).toEqual(event);
      expect(parseEvent(new TextEncoder().encode(JSON.stringify(event)))).toEqual(event);
    }
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['no type', { version: 1, data: {} }],
    ['a type from the prototype', { ...createdEvent('j'), type: 'constructor' }],
    ['a version of zero', { ...createdEvent('j'), version: 0 }],
    ['no seq', { ...createdEvent('j'), seq: 0 }],
    ['a page id that climbs', { ...eventOf('j', drafts.cell('../x', 'axe')) }],
  ])('are refused as bad when they have %s', (_what, value) => {
    expect(code(() => checkEvent(value))).toBe('bad_event');
  });

  it('are refused as bad when they are no UTF-8, no JSON or too big', () => {
    expect(code(() => parseEvent(Uint8Array.of(0xff, 0xfe)))).toBe('bad_event');
    expect(code(() => parseEvent('{'))).toBe('bad_event');
    expect(code(() => parseEvent(`"${'x'.repeat(MAX_EVENT_BYTES)}"`))).toBe('bad_event');
  });

  it('from the future are refused by name', () => {
    expect(code(() => checkEvent({ ...createdEvent('j'), version: 2 }))).toBe('future_event');
  });

  it('of older versions are lifted step by step', () => {
    const lineage = {
      version: 3,
      steps: [
        ({ name, ...rest }: Record<string, unknown>) => ({ ...rest, title: name }),
        (data: Record<string, unknown>) => ({ ...data, words: String(data.title).split(' ').length }),
      ],
    };
    expect(upgrade('t', 1, { name: 'two words' }, lineage)).toEqual({ title: 'two words', words: 2 });
    expect(upgrade('t', 2, { title: 'one' }, lineage)).toEqual({ title: 'one', words: 1 });
    expect(upgrade('t', 3, { title: 'x', words: 9 }, lineage)).toEqual({ title: 'x', words: 9 });
    expect(code(() => upgrade('t', 4, {}, lineage))).toBe('future_event');
    expect(code(() => upgrade('t', 1, null, lineage))).toBe('bad_event');
  });
});

describe('subjects and durables', () => {
  it('belong to one stream each, and the streams have no others', () => {
    expect(STREAM_NAMES.flatMap((stream) => subjectsOf(stream)).toSorted()).toEqual([...SUBJECTS].toSorted());
  });

  it('are the contract’s, name by name', () => {
    expect(ORCHESTRATOR_DURABLES.map((row) => `${row.subject} ${row.durable}`)).toEqual([
      'jobs.events.created orchestrator-job-created',
      'extraction.events.ready orchestrator-extraction-ready',
      'extraction.events.failed orchestrator-extraction-failed',
      'scan.events.completed orchestrator-scan-completed',
      'scan.events.failed orchestrator-scan-failed',
    ]);
    expect(projectionDurables().map((row) => `${row.subject} ${row.durable}`)).toEqual([
      'jobs.events.created platform-api-job-created',
      'extraction.events.ready platform-api-extraction-ready',
      'extraction.events.failed platform-api-extraction-failed',
      'scan.events.page.completed platform-api-scan-page',
      'scan.events.completed platform-api-scan-completed',
      'scan.events.failed platform-api-scan-failed',
      'jobs.events.completed platform-api-job-completed',
      'jobs.events.failed platform-api-job-failed',
    ]);
  });

  it('bear another node’s name in its projection alone', () => {
    const names = durablesOf('attic').map((row) => row.durable);
    expect(names).toContain('orchestrator-job-created');
    expect(names).toContain('platform-api-job-created-attic');
    expect(names).not.toContain('platform-api-job-created');
  });
});

describe('the text of a message', () => {
  const stored = (n: number) => ({ key: `${'k'.repeat(590)}${n}`, sha256: 'a'.repeat(64), size: 1 });

  it('is the whole event when it fits', () => {
    const event = createdEvent('j');
    expect(wireText(event)).toBe(JSON.stringify(event));
  });

  it('shortens only the lists when evidence is too much for one message', () => {
    const small = eventOf('j', drafts.cell(page(1), 'axe')) as EventOf<'scan.events.cell.completed'>;
    const event: StageflowEvent = {
      ...small,
      data: { ...small.data, evidence: Array.from({ length: 500 }, (_, n) => stored(n)) },
    };
    const read = parseEvent(wireText(event)) as EventOf<'scan.events.cell.completed'>;
    expect(read.trimmed).toEqual(['data.evidence']);
    expect(read.data.evidence).toHaveLength(100);
    expect({ ...read.data, evidence: [] }).toEqual({ ...event.data, evidence: [] });
  });

  it('fits however big the schemas let an event be, and can be read', () => {
    const ready = eventOf('j', drafts.ready()) as EventOf<'extraction.events.ready'>;
    const created = createdEvent('j') as EventOf<'jobs.events.created'>;
    const huge: StageflowEvent[] = [
      {
        ...ready,
        data: {
          site: { ...ready.data.site, pages: Array.from({ length: 10_000 }, () => `/${'\u0001'.repeat(2047)}`) },
        },
      },
      {
        ...created,
        data: {
          spec: {
            ...created.data.spec,
            modules: Array.from({ length: 100 }, () => ({ id: 'axe', options: { text: 'é'.repeat(300_000) } })),
          },
        },
      },
    ];
    for (const event of huge) {
      const text = wireText(event);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(WIRE_BYTES);
      const read = parseEvent(text);
      expect(read.id).toBe(event.id);
      expect(read.trimmed).not.toHaveLength(0);
    }
  });
});
