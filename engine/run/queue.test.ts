import { describe, expect, it } from 'vitest';
import { pageIdOf } from '../kernel/index.ts';
import { createQueue, type KnownPage, type QueueScanner } from './queue.ts';

const SCANNERS: readonly QueueScanner[] = [
  { id: 'axe', lane: 'page', site: false, everyPage: true },
  { id: 'links', lane: 'page', site: true, everyPage: true },
  { id: 'speed', lane: 'machine', site: false, everyPage: false },
];
const page = (name: string, depth: number, place: number) => ({
  pageId: pageIdOf(name),
  url: `https://example.org/${name}`,
  depth,
  place,
});
const known = (name: string, more: Partial<KnownPage> = {}): KnownPage => ({
  ...page(name, 0, 0),
  visited: { finalUrl: `https://example.org/${name}`, template: 't1', duplicateOf: null, representative: true },
  completed: false,
  denied: null,
  cells: new Map(),
  ...more,
});
const visitAll = (queue: ReturnType<typeof createQueue>, name: string, template: string) => {
  const id = pageIdOf(name);
  const visit = queue.visit(id, `https://example.org/${name}`, template, null);
  queue.cellDone(id, 'axe', 'ok');
  queue.cellDone(id, 'links', 'ok');
  const complete = queue.completes(id, true);
  queue.pageDone(id);
  return { ...visit, complete };
};

describe('the queue of cells', () => {
  it('hands out pages breadth first, each once', () => {
    const queue = createQueue(SCANNERS);
    queue.add([page('deep', 2, 1), page('second', 1, 3), page('first', 1, 2)]);
    queue.seeded();
    const handed = [queue.next('page'), queue.next('page'), queue.next('page')].map((w) =>
      typeof w === 'string' ? w : w.kind === 'page' && w.page.url,
    );
    expect(handed).toEqual(['https://example.org/first', 'https://example.org/second', 'https://example.org/deep']);
    expect(queue.next('page')).toBe('wait');
  });

  it('hands out nothing more once it drains, and still knows what is in hand', () => {
    const queue = createQueue(SCANNERS);
    queue.add([page('one', 0, 0), page('two', 0, 1)]);
    queue.seeded();
    queue.next('page');
    queue.drain();
    expect([queue.next('page'), queue.next('site'), queue.next('machine')]).toEqual(['wait', 'wait', 'wait']);
    expect(queue.inFlight().map(({ pageId }) => pageId)).toEqual([pageIdOf('one')]);
    visitAll(queue, 'one', 't');
    expect(queue.inFlight()).toEqual([]);
  });

  it('hands out a page that may have brought a container down with no other page beside it', () => {
    const queue = createQueue(SCANNERS, new Set([pageIdOf('suspect')]));
    queue.add([page('first', 0, 0), page('suspect', 0, 1), page('last', 0, 2)]);
    queue.seeded();
    const next = () => {
      const work = queue.next('page');
      return work === 'wait' || work === 'done' ? work : work.kind === 'page' && work.page.url.split('/').at(-1);
    };
    const handed = [next(), next()];
    visitAll(queue, 'first', 't');
    handed.push(next(), next());
    visitAll(queue, 'suspect', 't');
    handed.push(next(), next());
    expect(handed).toEqual(['first', 'wait', 'suspect', 'wait', 'last', 'wait']);
  });

  it('takes visits in the order in which the pages were handed out, past those that ended unvisited', () => {
    const queue = createQueue(SCANNERS);
    queue.add([page('one', 0, 0), page('two', 0, 1), page('three', 0, 2)]);
    queue.seeded();
    for (let i = 0; i < 3; i++) queue.next('page');
    const visitable = () => ['one', 'two', 'three'].filter((name) => queue.visitable(pageIdOf(name)));
    expect(visitable()).toEqual(['one']);
    queue.visit(pageIdOf('one'), 'https://example.org/one', 't', null);
    expect(visitable()).toEqual(['one', 'two']);
    queue.pageDone(pageIdOf('two'));
    expect(visitable()).toContain('three');
  });

  it('is not empty before it is seeded', () => {
    const queue = createQueue(SCANNERS);
    expect(queue.next('page')).toBe('wait');
    queue.seeded();
    expect(queue.next('page')).toBe('done');
  });

  it('runs the site lane after the pages and the machine lane alone at the end, one page per template', () => {
    const queue = createQueue(SCANNERS);
    queue.add([page('a', 0, 0), page('b', 1, 1)]);
    queue.seeded();
    queue.next('page');
    queue.next('page');
    expect(queue.next('site')).toBe('wait');
    expect(visitAll(queue, 'a', 't1')).toEqual({ representative: true, complete: false });
    expect(queue.next('machine')).toBe('wait');
    expect(visitAll(queue, 'b', 't1')).toEqual({ representative: false, complete: true });
    expect(queue.next('page')).toBe('done');
    expect(queue.next('machine')).toBe('wait');
    expect(queue.next('site')).toMatchObject({
      kind: 'site',
      scanner: 'links',
      pages: [{ id: pageIdOf('a') }, { id: pageIdOf('b') }],
    });
    queue.cellDone('_site', 'links', 'ok');
    expect(queue.next('machine')).toMatchObject({ kind: 'machine', scanner: 'speed', page: { id: pageIdOf('a') } });
    expect(queue.next('machine')).toBe('wait');
    queue.cellDone(pageIdOf('a'), 'speed', 'ok');
    queue.pageCompleted(pageIdOf('a'));
    expect([queue.next('machine'), queue.finished(), queue.sampledOut()]).toEqual([
      'done',
      true,
      ['https://example.org/b'],
    ]);
  });

  it('E7 tells the site cells which pages only led to what was refused', () => {
    const queue = createQueue(SCANNERS);
    queue.add([page('a', 0, 0), page('way-in', 1, 1)]);
    queue.seeded();
    queue.next('page');
    queue.next('page');
    visitAll(queue, 'a', 't1');
    const denied = { to: 'http://10.0.0.1/', reason: 'It is private.' };
    queue.pageDone(pageIdOf('way-in'), denied);
    expect(queue.next('site')).toMatchObject({
      pages: [{ id: pageIdOf('a') }],
      denied: [{ id: pageIdOf('way-in'), ...denied }],
    });
  });

  it('after a crash hands out only the cells that are missing', () => {
    const queue = createQueue(SCANNERS);
    queue.load(
      [
        known('done', {
          completed: true,
          cells: new Map([
            ['axe', 'ok'],
            ['links', 'ok'],
            ['speed', 'ok'],
          ]),
        }),
        { ...known('half', { cells: new Map([['axe', 'ok']]) }), depth: 1, place: 1 },
      ],
      new Map(),
    );
    queue.seeded();
    expect(queue.next('page')).toEqual({
      kind: 'page',
      page: { id: pageIdOf('half'), url: 'https://example.org/half', depth: 1 },
      scanners: ['links'],
      revisit: true,
    });
    expect(queue.inFlight()).toEqual([{ pageId: pageIdOf('half'), scanners: ['links'] }]);
    queue.release();
    expect(queue.inFlight()).toEqual([]);
  });

  it('does not ask for machine cells of duplicates and failed pages', () => {
    const queue = createQueue(SCANNERS);
    queue.add([page('copy', 0, 0), page('broken', 0, 1)]);
    queue.seeded();
    queue.next('page');
    queue.next('page');
    queue.visit(pageIdOf('copy'), 'https://example.org/other', 't1', pageIdOf('other'));
    expect(queue.completes(pageIdOf('copy'), false)).toBe(true);
    queue.pageDone(pageIdOf('copy'));
    expect(queue.completes(pageIdOf('broken'), false)).toBe(true);
    queue.pageDone(pageIdOf('broken'));
    queue.pageCompleted(pageIdOf('copy'));
    queue.pageCompleted(pageIdOf('broken'));
    queue.cellDone('_site', 'links', 'ok');
    expect(queue.finished()).toBe(true);
  });
});
