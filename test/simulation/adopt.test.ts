import { describe, expect, it } from 'vitest';
import type { JobSpec } from '../../engine/event/index.ts';
import type { EventDraft } from '../../engine/ledger/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';
import { nextState } from '../../engine/fsm/index.ts';
import { pageIdOf } from '../../engine/kernel/index.ts';
import { adoptFinishedCells } from '../../engine/run/adopt.ts';
import type { EnginePorts } from '../../engine/run/ports.ts';
import { specOf } from '../conformance/events.ts';
import { createMemoryStore } from './memory-store.ts';
import { createVirtualClock } from './virtual-clock.ts';

const PARENT = '01sjm000000000000000000001';
const CHILD = '01sjm000000000000000000002';
const PAGES = ['https://shop.example/', 'https://shop.example/a'].map((url) => ({ url, pageId: pageIdOf(url) }));
const draft = (type: string, key: string, data: object) => ({ type, key, cause: null, data }) as EventDraft;

/** Plays a parent whose pages ended as told and whose site cell is there, and says which cells its child adopts. */
async function adopted(
  ends: readonly ('scanned' | 'failed' | 'skipped' | null)[],
  anew: JobSpec['anew'] = [],
): Promise<string[]> {
  const ledger = openLedger({ path: ':memory:', clock: createVirtualClock(), nextState });
  const store = createMemoryStore(() => false);
  const cell = (pageId: string) =>
    draft('scan.events.cell.completed', `${pageId}/seo`, {
      pageId,
      scanner: 'seo',
      outcome: 'ok',
      failure: null,
      raw: null,
      findings: null,
      evidence: [],
      counts: { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 },
      milliseconds: 1,
      adoptedFrom: null,
    });
  ledger.receive(ledger.createJob({ id: PARENT, spec: specOf('urls'), parent: null }));
  ledger.append(
    PARENT,
    1,
    PAGES.flatMap(({ url, pageId }, place) => {
      const status = ends[place] ?? null;
      return [
        draft('scan.events.page.discovered', pageId, { pageId, url, depth: 0, place, via: 'link', from: null }),
        ...(status === 'scanned' ? [cell(pageId)] : []),
        ...(status === null
          ? []
          : [draft('scan.events.page.completed', pageId, { pageId, status, failure: null, evidence: [] })]),
      ];
    }).concat(cell('_site')),
  );
  ledger.receive(ledger.createJob({ id: CHILD, spec: { ...specOf('urls'), anew }, parent: PARENT }));
  await adoptFinishedCells(CHILD, { ledger, store } as unknown as EnginePorts);
  return ledger
    .cells(CHILD)
    .map((row) => (row.pageId === '_site' ? '_site' : `page ${PAGES.findIndex((p) => p.pageId === row.pageId)}`));
}

describe('what a job takes over from the one it goes on with', () => {
  it('takes the word on the whole site when every page of it is taken over', async () => {
    expect((await adopted(['scanned', 'scanned'])).toSorted()).toEqual(['_site', 'page 0', 'page 1']);
    expect((await adopted(['scanned', 'skipped'])).toSorted()).toEqual(['_site', 'page 0']);
  });

  it('asks anew for the whole site when a page failed or was never reached', async () => {
    expect(await adopted(['scanned', 'failed'])).toEqual(['page 0']);
    expect(await adopted(['scanned', null])).toEqual(['page 0']);
  });

  it('leaves out the one cell that is to be scanned again, and what its scanner said of the whole site', async () => {
    const pageId = PAGES[1]?.pageId ?? '';
    expect(await adopted(['scanned', 'scanned'], [{ pageId, scanner: 'seo' }])).toEqual(['page 0']);
    expect((await adopted(['scanned', 'scanned'], [{ pageId, scanner: 'axe' }])).toSorted()).toEqual([
      '_site',
      'page 0',
      'page 1',
    ]);
  });
});
