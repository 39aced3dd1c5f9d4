import { describe, expect, it } from 'vitest';
import type { ArtifactStore } from '../../engine/artifact/index.ts';
import { nextState } from '../../engine/fsm/index.ts';
import { pageIdOf, silentLog, StageflowError } from '../../engine/kernel/index.ts';
import { openLedger } from '../../engine/ledger/index.ts';
import type { Role } from '../../engine/pod/index.ts';
import type { Planner } from '../../engine/model/index.ts';
import type { MachineLock } from '../../engine/run/machine-lock.ts';
import { createQueue } from '../../engine/run/queue.ts';
import { createSession } from '../../engine/run/session/session.ts';
import type { ContainerMessage } from '../../engine/scanner/index.ts';
import { specOf } from '../conformance/events.ts';
import { createMemoryStore } from './memory-store.ts';
import { createVirtualClock } from './virtual-clock.ts';

const JOB = '01sjm000000000000000000000';
const ENTRY = 'https://shop.example/';
const COUNTS = { critical: 0, serious: 0, moderate: 0, minor: 0, info: 0, review: 0 };
const cellDone = (pageId: string, scanner: string): ContainerMessage => ({
  type: 'cell.done',
  pageId,
  scanner,
  outcome: 'ok',
  code: null,
  reason: null,
  raw: null,
  findings: null,
  evidence: [],
  counts: COUNTS,
  milliseconds: 1,
});
const origin = (name: string): ContainerMessage => ({
  type: 'runner.origin',
  origin: name,
  robots: null,
  sitemaps: [],
});

const visited = (url: string, finalUrl: string, links: readonly string[]): ContainerMessage => ({
  type: 'page.visited',
  pageId: pageIdOf(url),
  finalUrl,
  status: 200,
  title: '',
  canonical: null,
  template: '',
  links: links.map((link) => ({ url: link, nofollow: false })),
  blocked: [],
});

/** One attempt of a job whose containers are played by the test. */
function attempt(
  kind: 'zip' | 'urls',
  lock: MachineLock = { tryAcquire: async () => true, release: () => {} },
  store: ArtifactStore = createMemoryStore(() => false),
  planner: Planner | null = null,
) {
  const clock = createVirtualClock();
  const ledger = openLedger({ path: ':memory:', clock, nextState });
  const spec = specOf(kind);
  const goal = { id: 'ai-navigator', options: { goal: 'find the price' } };
  const modules = planner === null ? spec.modules : [...spec.modules, goal];
  const created = ledger.createJob({ id: JOB, spec: { ...spec, modules }, parent: null });
  ledger.receive(created);
  const job = ledger.job(JOB);
  if (!job) throw new Error('no job');
  const queue = createQueue([
    { id: 'axe', lane: 'page', site: false, everyPage: true },
    { id: 'seo', lane: 'machine', site: false, everyPage: true },
  ]);
  const session = createSession(job, queue, null, {
    ledger,
    store,
    clock,
    log: silentLog,
    lock,
    robots: () => () => true,
    planner,
    dial: async () => ({ ok: false, status: 403, code: 'egress_denied', reason: 'simulated' }),
    surroundings: { testTrust: null, chromium: null },
  });
  const say = (role: Role, message: ContainerMessage) => session.handlers(role).message(message);
  return { ledger, session, queue, say, cells: () => ledger.cells(JOB) };
}

describe('what a session believes of a container', () => {
  it('ends the attempt and records nothing when a cell names a page that does not exist', async () => {
    const { session, say, cells } = attempt('urls');
    await session.open();
    await say('runner', origin('https://shop.example'));
    await expect(say('runner', cellDone('p00000000deadbeef', 'axe'))).rejects.toMatchObject({ code: 'bad_result' });
    expect(cells()).toEqual([]);
    expect(await session.ended).toMatchObject({ kind: 'failed', error: { code: 'bad_result' } });
  });

  it('ends the attempt and records nothing when a cell names a scanner that was not asked for', async () => {
    const { session, say, cells } = attempt('urls');
    await session.open();
    await say('runner', origin('https://shop.example'));
    await expect(say('runner', cellDone(pageIdOf(ENTRY), 'stranger'))).rejects.toMatchObject({ code: 'bad_result' });
    expect(cells()).toEqual([]);
  });

  it('lets neither container speak for the other', async () => {
    const page = attempt('zip');
    await expect(
      page.say('runner', { type: 'extractor.refused', code: 'zip_path', entry: null, reason: 'forged' }),
    ).rejects.toMatchObject({ code: 'bad_result' });
    expect(await page.session.ended).toMatchObject({ kind: 'failed' });

    const archive = attempt('zip');
    await archive.session.open();
    await expect(archive.say('extractor', cellDone(pageIdOf(ENTRY), 'axe'))).rejects.toMatchObject({
      code: 'bad_result',
    });
    await expect(
      archive.session.handlers('extractor').putArtifact('axe/cells/p00000000deadbeef.json.zst', null, bytes('x')),
    ).rejects.toMatchObject({ code: 'bad_result' });
  });

  it('asks the model for the goal that stands in the job, and for no module that has none', async () => {
    const goals: string[] = [];
    const use = { requests: 1, tokens: 1, usd: 0, most: { requests: 1, tokens: 1, usd: 1 }, model: 'm' };
    const planner: Planner = {
      plan: async (goal) => {
        goals.push(goal);
        return { ok: false, reason: 'played', use };
      },
    };
    const request = { pageId: pageIdOf(ENTRY), step: 1, url: ENTRY, title: '', elements: [], text: '', history: [] };
    const asked = (scanner: string, by: Planner | null) =>
      attempt('urls', undefined, undefined, by)
        .session.handlers('runner')
        .plan?.({ ...request, scanner });
    await expect(asked('ai-navigator', planner)).resolves.toMatchObject({ ok: false, reason: 'played' });
    await expect(asked('axe', planner)).rejects.toMatchObject({ code: 'bad_result' });
    expect(goals).toEqual(['find the price']);
    expect(asked('ai-navigator', null)).toBeUndefined();
    expect(attempt('urls', undefined, undefined, planner).session.handlers('extractor').plan).toBeUndefined();
  });

  it('lets the browser come up while the archive is unpacked, and tells the rest when it is', async () => {
    const { session, say } = attempt('zip');
    const runner = session.handlers('runner');
    expect(await runner.assignment()).toMatchObject({ role: 'warm-up', browser: { device: 'desktop' } });
    const told = runner.assignment();
    await say('extractor', {
      type: 'extractor.ready',
      port: 8080,
      site: {
        files: 1,
        bytes: 1,
        pages: ['/'],
        entry: '/start.html',
        root: '',
        hosting: [],
        declaredFor: null,
        productionOrigin: null,
        notes: [],
      },
    });
    expect(await told).toMatchObject({ role: 'runner', sitePort: 8080, entries: ['http://site.localhost/start.html'] });
    expect(await attempt('urls').session.handlers('runner').assignment()).toMatchObject({ role: 'runner' });
  });

  it('believes the first word of the extractor alone', async () => {
    const { session, say } = attempt('zip');
    const ready = (entry: string, port: number): ContainerMessage => ({
      type: 'extractor.ready',
      port,
      site: {
        files: 1,
        bytes: 1,
        pages: [entry],
        entry,
        root: '',
        hosting: [],
        declaredFor: null,
        productionOrigin: null,
        notes: [],
      },
    });
    await say('extractor', ready('/', 8080));
    await say('extractor', ready('/other', 9090));
    expect(session.site()?.entry).toBe('/');
  });

  it('ends the attempt for good, with the reason, when the disk is full', async () => {
    const full = { ...createMemoryStore(() => false) };
    full.put = async () => {
      throw new StageflowError('disk_full', { path: '/data' });
    };
    const { session } = attempt('urls', undefined, full);
    const key = 'axe/cells/p00000000deadbeef.json.zst';
    await expect(session.handlers('runner').putArtifact(key, null, bytes('x'))).rejects.toMatchObject({
      code: 'disk_full',
    });
    expect(await session.ended).toMatchObject({ kind: 'failed', error: { code: 'disk_full', row: { exit: 5 } } });
  });

  it.each([
    ['extractor', 'zip'],
    ['runner', 'urls'],
  ] as const)('does not blame the disk of the machine when the %s filled its own tmpfs', async (role, kind) => {
    const { session, say } = attempt(kind);
    await say(role, { type: 'fatal', code: 'disk_full', reason: 'ENOSPC: no space left on device, write' });
    expect(await session.ended).toMatchObject({
      kind: 'failed',
      error: { code: 'pod_full', message: expect.stringContaining(`The ${role} container`), row: { retry: 'once' } },
    });
  });

  it('says of a page that it was told to leave out to which site it led', async () => {
    const { session, ledger, queue, say } = attempt('urls');
    await session.open();
    await say('runner', origin('https://shop.example'));
    await say('runner', visited(ENTRY, ENTRY, ['https://shop.example/code']));
    queue.next('page');
    const page = pageIdOf('https://shop.example/code');
    const answer = await say('runner', visited('https://shop.example/code', 'https://forge.example/shop', []));
    expect(answer).toEqual({ skip: true });
    await say('runner', { type: 'page.done', pageId: page, status: 'skipped', code: null, reason: null, evidence: [] });
    const ended = ledger.events(JOB).find((e) => e.type === 'scan.events.page.completed');
    expect(ended?.data).toMatchObject({
      pageId: page,
      status: 'skipped',
      failure: { code: 'page_left', sentence: expect.stringContaining('another site, forge.example,') },
    });
  });

  it('gives the measurement lane back when the talk ends while it was being asked for', async () => {
    let grant!: () => void;
    const asked = new Promise<void>((resolve) => {
      grant = resolve;
    });
    let held = false;
    const { session, queue, say } = attempt('urls', {
      tryAcquire: async () => {
        await asked;
        held = true;
        return true;
      },
      release: () => {
        held = false;
      },
    });
    await session.open();
    await say('runner', origin('https://shop.example'));
    const id = pageIdOf(ENTRY);
    queue.next('page');
    queue.visit(id, ENTRY, 't', null);
    queue.cellDone(id, 'axe', 'ok');
    queue.pageDone(id);
    const work = session.handlers('runner').next({ lane: 'machine' }, new AbortController().signal);
    session.close();
    grant();
    await work;
    expect(held).toBe(false);
  });
});

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
