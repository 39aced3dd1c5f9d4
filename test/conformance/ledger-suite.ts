import { describe, expect, it } from 'vitest';
import type { StageflowEvent } from '../../engine/event/index.ts';
import type { Ledger } from '../../engine/ledger/index.ts';
import { StageflowError } from '../../engine/kernel/index.ts';
import { drafts, goodScan, page, specOf } from './events.ts';

/** The code a call is refused with. */
export function refusal(call: () => unknown): string {
  try {
    call();
  } catch (thrown) {
    if (thrown instanceof StageflowError) return thrown.code;
    throw thrown;
  }
  return 'nothing was refused';
}

/** What every ledger does, wherever it keeps its rows. `tick` moves its clock by a second. */
export function ledgerSuite(name: string, open: () => { ledger: Ledger; tick(): void }): void {
  const job = (kind: 'zip' | 'urls' = 'urls') => {
    const { ledger, tick } = open();
    const created = ledger.createJob({ id: 'j1', spec: specOf(kind), parent: null });
    return { ledger, tick, created };
  };
  const scanning = () => {
    const opened = job();
    opened.ledger.receive(opened.created);
    opened.ledger.append('j1', 1, [drafts.discovered(0)]);
    return opened;
  };

  describe(`${name} ledger`, () => {
    it('stores a new job in PENDING with its first event in the outbox', () => {
      const { ledger, created } = job('zip');
      expect(ledger.job('j1')).toMatchObject({
        state: 'PENDING',
        attempt: 1,
        seq: 1,
        handledSeq: 0,
        imported: false,
        failureCode: null,
      });
      expect(created).toMatchObject({ id: 'j1:jobs.events.created:', seq: 1, attempt: 1 });
      expect(ledger.outbox(10)).toEqual([created]);
    });

    it('refuses to create a job twice', () => {
      const { ledger } = job();
      expect(refusal(() => ledger.createJob({ id: 'j1', spec: specOf('zip'), parent: null }))).toBe('conflict');
    });

    it('A9 stores a job and the answer to its request together, or neither', () => {
      const { ledger } = job();
      const { idempotency } = ledger.service;
      const create = (key: string, id: string) => {
        idempotency.claim('team', key, 'POST /jobs', 'hash');
        const answer = { tenant: 'team', key, status: 202, answer: id };
        ledger.createJob({ id, spec: specOf('urls'), parent: null, owner: 'team', answer });
      };
      create('first', 'j2');
      // What a server does at its next start, before it takes requests.
      idempotency.releaseAll();
      const again = { kind: 'answered', status: 202, answer: 'j2' };
      expect(idempotency.claim('team', 'first', 'POST /jobs', 'hash')).toEqual(again);
      expect(refusal(() => create('taken', 'j1'))).toBe('conflict');
      idempotency.releaseAll();
      expect(idempotency.claim('team', 'taken', 'POST /jobs', 'hash')).toEqual({ kind: 'fresh' });
    });

    it('N8 says which events wait to be received, and sends a lost one again', () => {
      const { ledger, created } = job('zip');
      expect(ledger.unreceived('j1')).toEqual([{ event: created, queued: true }]);
      ledger.markPublished([created.id]);
      expect(ledger.unreceived('j1')).toEqual([{ event: created, queued: false }]);
      ledger.requeue([created.id, created.id]);
      expect(ledger.outbox(10)).toEqual([created]);
      ledger.receive(created);
      expect(ledger.unreceived('j1')).toEqual([]);
    });

    it('S2 counts a job as open until its last word is recorded', () => {
      const { ledger } = scanning();
      const [failed] = ledger.append('j1', 1, [drafts.scanFailed()]);
      ledger.receive(failed as StageflowEvent);
      expect(ledger.job('j1')?.state).toBe('FAILED');
      expect([ledger.ended('j1'), ledger.open().map((row) => row.id)]).toEqual([false, ['j1']]);
      ledger.append('j1', 1, [drafts.failed()]);
      expect([ledger.ended('j1'), ledger.open()]).toEqual([true, []]);
    });

    it('N7 moves a job once however often its event is received, inside or outside any window', () => {
      const { ledger, created, tick } = job('zip');
      expect(ledger.receive(created).state).toBe('EXTRACTING');
      const [ready] = ledger.append('j1', 1, [drafts.ready()]);
      tick();
      expect(ledger.receive(ready as StageflowEvent).state).toBe('READY_TO_SCAN');
      const before = ledger.job('j1');
      tick();
      expect(ledger.receive(created)).toEqual(before);
      expect(ledger.receive(ready as StageflowEvent)).toEqual(before);
    });

    it('moves on receive for events the orchestrator is told of, and on append for all others', () => {
      const { ledger, created } = job();
      expect(ledger.receive(created).state).toBe('READY_TO_SCAN');
      ledger.append('j1', 1, goodScan(2));
      expect(ledger.job('j1')?.state).toBe('SCANNING');
      const scanned = ledger.events('j1').at(-1) as StageflowEvent;
      expect(ledger.receive(scanned).state).toBe('COMPLETING');
      ledger.append('j1', 1, [drafts.done()]);
      expect(ledger.job('j1')?.state).toBe('DONE');
    });

    it('leaves out an id that is recorded already, so that a repeated extraction tells nothing', () => {
      const { ledger, created } = job('zip');
      ledger.receive(created);
      expect(ledger.append('j1', 1, [drafts.ready()])).toHaveLength(1);
      expect(ledger.append('j1', 1, [drafts.ready()])).toHaveLength(0);
      expect(ledger.events('j1').map((event) => event.seq)).toEqual([1, 2]);
    });

    it('records all drafts or none', () => {
      const { ledger } = scanning();
      const before = ledger.events('j1').length;
      expect(refusal(() => ledger.append('j1', 1, [drafts.discovered(1), drafts.done()]))).toBe('illegal_transition');
      expect(ledger.events('j1')).toHaveLength(before);
      expect(ledger.pages('j1')).toHaveLength(1);
      expect(ledger.outbox(100)).toHaveLength(before);
    });

    it('records what comes together in one order, and undoes alone what is refused', async () => {
      const { ledger } = scanning();
      const heard: number[][] = [];
      ledger.onCommit((events) => heard.push(events.map(({ seq }) => seq)));
      const ended = Promise.allSettled([
        ledger.appendTogether('j1', 1, [drafts.visited(0)]),
        ledger.appendTogether('j1', 1, [drafts.done()]),
        ledger.appendTogether('j1', 0, [drafts.discovered(7)]),
        ledger.appendTogether('j1', 1, [drafts.cell(page(0), 'axe')]),
      ]);
      expect(ledger.events('j1')).toHaveLength(2);
      const [visited, tooEarly, older, cell] = await ended;
      expect([visited, cell]).toMatchObject([{ value: [{ seq: 3 }] }, { value: [{ seq: 4 }] }]);
      expect([tooEarly, older]).toMatchObject([
        { reason: { code: 'illegal_transition' } },
        { reason: { code: 'fenced' } },
      ]);
      expect(ledger.events('j1').map(({ type }) => type)).toEqual([
        'jobs.events.created',
        'scan.events.page.discovered',
        'scan.events.page.visited',
        'scan.events.cell.completed',
      ]);
      expect(heard).toEqual([[3], [4]]);
    });

    it('brings what was gathered to disk before what does not wait', async () => {
      const { ledger } = scanning();
      const first = ledger.appendTogether('j1', 1, [drafts.visited(0)]);
      expect(ledger.append('j1', 1, [drafts.scanned()])[0]).toMatchObject({ seq: 4 });
      expect(await first).toMatchObject([{ seq: 3 }]);
      const received = ledger.receiveTogether(ledger.events('j1')[3] as StageflowEvent);
      expect(ledger.job('j1')?.state).toBe('SCANNING');
      expect(await received).toMatchObject({ state: 'COMPLETING' });
    });

    it('keeps what went along when what it went with is refused', async () => {
      const { ledger, created } = job();
      ledger.markPublished([created.id]);
      expect(refusal(() => ledger.append('j1', 0, []))).toBe('fenced');
      expect(refusal(() => ledger.markHandled('j2', 1))).toBe('job_not_found');
      await ledger.settled();
      expect(ledger.outbox(10)).toEqual([]);
    });

    it('refuses a page before the archive is known to be ready', () => {
      const { ledger, created } = job('zip');
      ledger.receive(created);
      ledger.append('j1', 1, [drafts.ready()]);
      expect(refusal(() => ledger.append('j1', 1, [drafts.discovered(0)]))).toBe('illegal_transition');
    });

    it('refuses data that breaks its schema', () => {
      const { ledger } = scanning();
      const broken = { ...drafts.cell('../../etc', 'axe') };
      expect(refusal(() => ledger.append('j1', 1, [broken]))).toBe('bad_event');
    });

    it('N5 refuses every write of an older attempt', () => {
      const { ledger } = scanning();
      expect(ledger.raiseAttempt('j1')).toBe(2);
      expect(refusal(() => ledger.append('j1', 1, [drafts.discovered(1)]))).toBe('fenced');
      expect(ledger.append('j1', 2, [drafts.discovered(1)])[0]).toMatchObject({ attempt: 2 });
    });

    it('gives an ended job no further attempt, but lets a failure be told to its end', () => {
      const { ledger } = scanning();
      const [failed] = ledger.append('j1', 1, [drafts.scanFailed()]);
      expect(ledger.receive(failed as StageflowEvent)).toMatchObject({ state: 'FAILED', failureCode: 'pod_crashed' });
      expect(ledger.raiseAttempt('j1')).toBe(2);
      ledger.append('j1', 2, [drafts.failed('pod_crashed')]);
      expect(refusal(() => ledger.raiseAttempt('j1'))).toBe('conflict');
    });

    it('stores late events without changing the state or its reason', () => {
      const { ledger } = scanning();
      ledger.append('j1', 1, [drafts.failed('cancelled')]);
      expect(ledger.append('j1', 1, [drafts.cell(page(0), 'axe'), drafts.scanned(), drafts.done()])).toHaveLength(3);
      expect(ledger.job('j1')).toMatchObject({ state: 'FAILED', failureCode: 'cancelled', seq: 6 });
      expect(ledger.cells('j1')).toHaveLength(1);
    });

    it('decides by what was recorded, not by the copy that was delivered', () => {
      const { ledger, created } = job('zip');
      const forged = { ...created, data: { spec: specOf('urls') } } as StageflowEvent;
      expect(ledger.receive(forged).state).toBe('EXTRACTING');
    });

    it('refuses an event that was never recorded and a job that does not exist', () => {
      const { ledger, created } = job();
      expect(refusal(() => ledger.receive({ ...created, id: 'j1:other:' }))).toBe('bad_event');
      expect(refusal(() => ledger.receive({ ...created, jobId: 'j2' }))).toBe('job_not_found');
      expect(refusal(() => ledger.append('j2', 1, []))).toBe('job_not_found');
      expect(ledger.job('j2')).toBeNull();
    });

    it('lists pages by depth and place with their visit and end, and cells with their event', () => {
      const { ledger, created } = job();
      ledger.receive(created);
      ledger.append('j1', 1, [drafts.discovered(2), drafts.discovered(1), drafts.discovered(0)]);
      ledger.append('j1', 1, [
        drafts.visited(0),
        drafts.cell(page(0), 'axe'),
        drafts.pageDone(0),
        drafts.cell('_site', 'seo'),
      ]);
      const pages = ledger.pages('j1');
      expect(pages.map((row) => row.pageId)).toEqual([page(0), page(1), page(2)]);
      expect(pages[0]).toMatchObject({
        visited: { data: { title: 'Page 0' } },
        completed: { data: { status: 'scanned' } },
      });
      expect(pages[1]).toMatchObject({ visited: null, completed: null });
      expect(ledger.cells('j1').map((cell) => [cell.pageId, cell.scanner])).toEqual([
        [page(0), 'axe'],
        ['_site', 'seo'],
      ]);
    });

    it('empties the outbox event by event and fills it again for a job whose stream was lost', () => {
      const { ledger } = scanning();
      const [first, second] = ledger.outbox(10) as [StageflowEvent, StageflowEvent];
      ledger.markPublished([first.id, 'unknown']);
      expect(ledger.outbox(10)).toEqual([second]);
      ledger.markPublished([second.id]);
      expect(ledger.republish('j1')).toBe(2);
      expect(ledger.outbox(10)).toEqual([first, second]);
    });

    it('tells listeners of a commit only after it, in order, and never of one that was undone', () => {
      const { ledger } = scanning();
      const told: (readonly [string, number | undefined])[] = [];
      const stop = ledger.onCommit((events) => {
        for (const event of events) told.push([event.type, ledger.job('j1')?.seq]);
      });
      ledger.append('j1', 1, [drafts.visited(0), drafts.cell(page(0), 'axe')]);
      refusal(() => ledger.append('j1', 1, [drafts.pageDone(0), drafts.done()]));
      stop();
      ledger.append('j1', 1, [drafts.cell(page(0), 'seo')]);
      expect(told).toEqual([
        ['scan.events.page.visited', 4],
        ['scan.events.cell.completed', 4],
      ]);
    });

    it('remembers how far commands were carried out, never backwards', () => {
      const { ledger } = scanning();
      ledger.markHandled('j1', 2);
      ledger.markHandled('j1', 1);
      expect(ledger.job('j1')?.handledSeq).toBe(2);
    });

    it('keeps the newest view and refuses to go back to an older one', () => {
      const { ledger } = scanning();
      expect([ledger.view('j1'), ledger.viewSummary('j1')]).toEqual([null, null]);
      ledger.saveView('j1', { json: '{"n":2}', summary: '{"s":2}', seq: 2 });
      ledger.saveView('j1', { json: '{"n":1}', summary: '{"s":1}', seq: 1 });
      expect(ledger.view('j1')).toEqual({ json: '{"n":2}', seq: 2 });
      expect(ledger.viewSummary('j1')).toEqual({ json: '{"s":2}', seq: 2 });
    });

    it('keeps settings until they are removed', () => {
      const { ledger } = open();
      expect(ledger.setting('engineId')).toBeNull();
      ledger.setSetting('engineId', 'e1');
      ledger.setSetting('engineId', 'e2');
      expect(ledger.setting('engineId')).toBe('e2');
      ledger.setSetting('engineId', null);
      expect(ledger.setting('engineId')).toBeNull();
    });

    it('lists jobs newest first, by state and up to a limit', () => {
      const { ledger, tick } = open();
      for (const id of ['a', 'b', 'c']) {
        ledger.createJob({ id, spec: specOf('urls'), parent: id === 'c' ? 'a' : null });
        tick();
      }
      ledger.append('b', 1, [drafts.failed()]);
      expect(ledger.jobs().map((row) => row.id)).toEqual(['c', 'b', 'a']);
      expect(ledger.jobs({ states: ['PENDING'], limit: 1 }).map((row) => row.id)).toEqual(['c']);
      expect(ledger.jobs({ states: ['FAILED', 'DONE'] }).map((row) => row.id)).toEqual(['b']);
      expect(ledger.job('c')?.parent).toBe('a');
    });

    it('counts jobs by state, and gives ended ones in the order of their ends, part by part', () => {
      const { ledger, tick } = open();
      for (const id of ['a', 'b', 'c']) {
        ledger.createJob({ id, spec: specOf('urls'), parent: null });
        tick();
      }
      const made = ledger.job('a')?.createdAt;
      for (const id of ['c', 'b']) {
        ledger.append(id, 1, [drafts.failed()]);
        tick();
      }
      const later = (ledger.job('b')?.updatedAt ?? 0) + 1;
      const [first] = ledger.endedBefore(later, 1);
      expect(first?.id).toBe('c');
      expect(ledger.endedBefore(later, 5, first).map((row) => row.id)).toEqual(['b']);
      expect(ledger.endedBefore(first?.updatedAt ?? 0, 5)).toEqual([]);
      const counts = new Map(ledger.counts().map(({ state, count, oldest }) => [state, { count, oldest }]));
      expect(counts.get('PENDING')).toEqual({ count: 1, oldest: made });
      expect(counts.get('FAILED')?.count).toBe(2);
    });
  });
}
